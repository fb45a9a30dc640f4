import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type Docker from "dockerode";
import { inTime } from "../../lib/in-time.ts";
import { messageOf } from "../../lib/user-error.ts";

const collectorSource = readFileSync(new URL("collector.ts", import.meta.url), "utf8");

/** How long a replica may take to collect its garbage, in milliseconds, on a machine that has no time left. */
const collectedWithinMs = 30_000;

/** The heap of one container's process over time: milliseconds since 1970, and the bytes that were left then. */
export interface Heap {
  container: string;
  points: [number, number][];
}

/**
 * Has the garbage of these containers' Node.js processes collected again and again, one after the other, until it is
 * stopped, and keeps what was left each time: what a process really holds, which its heap between two collections does not
 * tell. Meanwhile a process that needs some 40 MB runs in each container.
 */
export function watchHeaps(engine: Docker, containers: readonly Docker.ContainerInspectInfo[], everyMs: number) {
  const stopping = new AbortController();
  const heaps = containers.map(({ Name }): Heap => ({ container: Name.slice(1), points: [] }));
  const read = async () => {
    const collectors: Collector[] = [];
    try {
      for (const { Id } of containers) collectors.push(await startCollector(engine, Id));
      while (!stopping.signal.aborted) {
        for (const [index, { collect }] of collectors.entries())
          heaps[index]?.points.push([Date.now(), await collect()]);
        await pause(everyMs, undefined, { signal: stopping.signal }).catch(() => {});
      }
    } finally {
      await Promise.all(collectors.map(({ end }) => end()));
    }
  };
  const watching = read().then(() => undefined, messageOf);
  return {
    /** What has been read until now. */
    heaps,
    /** @returns what ended the reading before its time */
    async stop(): Promise<string | undefined> {
      stopping.abort();
      return watching;
    },
  };
}

interface Collector {
  /** @returns the bytes that are left; @throws Error with what the container said where there is no answer */
  collect: () => Promise<number>;
  /** @throws Error where it does not end */
  end: () => Promise<void>;
}

/** Starts the program beside a container's process, whose dialogue is one line for one line. */
async function startCollector(engine: Docker, id: string): Promise<Collector> {
  const exec = await engine.getContainer(id).exec({
    Cmd: ["node", "--input-type=module-typescript", "--eval", collectorSource],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: true });
  const [output, errors] = [new PassThrough(), new PassThrough()];
  engine.modem.demuxStream(stream, output, errors);
  const ended = new Promise<void>((resolve) => stream.once("close", resolve));
  let said = "";
  const hear = (text: string) => {
    said += text;
  };
  errors.setEncoding("utf8").on("data", hear);
  stream.once("error", ({ message }) => hear(message));
  stream.once("close", () => output.end());
  const lines = createInterface(output)[Symbol.asyncIterator]();
  const answer = async () => {
    stream.write("\n");
    const { value = "it ended" } = await lines.next();
    if (Number(value) > 0) return Number(value);
    throw new Error(`no heap could be read in ${id.slice(0, 12)}: ${said.trim() || value}`);
  };
  return {
    collect: () => inTime(answer(), collectedWithinMs),
    end: async () => {
      stream.end();
      await inTime(ended, collectedWithinMs);
    },
  };
}
