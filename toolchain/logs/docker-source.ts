import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type Docker from "dockerode";
import { componentLabel, type Labels, labelFilters } from "../../infra/labels.ts";
import { at } from "../../lib/at.ts";
import { linesInFrames } from "../../lib/docker-frames.ts";
import { followAll, mergeByTime } from "./merge.ts";
import type { LogLine, LogSource } from "./source.ts";

interface Container {
  readonly id: string;
  readonly component: string;
  readonly name: string;
}

/** The logs of a stack's containers from their engine. Following includes containers that start later. */
export function dockerSource(engine: Docker, stack: Labels): LogSource {
  return async function* ({ since, follow, component, signal }) {
    const label = labelFilters(component === undefined ? stack : { ...stack, [componentLabel]: component });
    const now = Date.now() / 1000;
    const containers = (await engine.listContainers({ all: true, filters: { label } })).map(
      ({ Id, Names, Labels }): Container => ({
        id: Id,
        component: Labels[componentLabel] ?? "",
        name: (Names[0] ?? "").slice(1),
      }),
    );
    yield* mergeByTime(containers.map((container) => linesOf(engine, container, { since, until: now }, signal)));
    if (follow) {
      yield* following(engine, label, containers, now, signal);
    }
  };
}

/** Opens a container's log as a stream. dockerode itself streams only followed logs, and reads others into one buffer. */
function openLog(engine: Docker, id: string, query: object, signal: AbortSignal): Promise<Readable> {
  const request = {
    path: `/containers/${id}/logs?`,
    method: "GET",
    isStream: true,
    abortSignal: signal,
    statusCodes: { 200: true, 404: "no such container", 500: "server error" },
    options: { stdout: true, stderr: true, timestamps: true, ...query },
  };
  return new Promise((resolve, reject) => {
    engine.modem.dial(request, (error: Error | null, stream: unknown) => {
      if (stream instanceof Readable) {
        resolve(stream);
      } else {
        reject(error ?? new Error(`the engine gives no log of the container ${id}`));
      }
    });
  });
}

/** The lines of a container. @param query parameters of the engine's API */
async function* linesOf(
  engine: Docker,
  { id, component, name }: Container,
  query: object,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  for await (const line of linesInFrames(await openLog(engine, id, query, signal))) {
    const space = line.indexOf(" ");
    yield { time: line.slice(0, space), component, container: name, text: line.slice(space + 1) };
  }
}

function following(
  engine: Docker,
  label: string[],
  containers: readonly Container[],
  since: number,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  /** The time of each container's last line. A container that starts while the list is made is followed twice. */
  const last = new Map<string, string>();
  const newLines = async function* (container: Container, ended: AbortSignal): AsyncGenerator<LogLine> {
    for await (const line of linesOf(engine, container, { follow: true, since }, ended)) {
      if (line.time > (last.get(container.id) ?? "")) {
        last.set(container.id, line.time);
        yield line;
      }
    }
  };
  return followAll(signal, async (read, ended) => {
    for (const container of containers) {
      void read(newLines(container, ended));
    }
    const events = await engine.getEvents({ since, filters: { label, event: ["start"] }, abortSignal: ended });
    for await (const text of createInterface({ input: events })) {
      const event: unknown = JSON.parse(text);
      const attribute = (name: string) => String(at(event, "Actor", "Attributes", name) ?? "");
      const id = String(at(event, "id"));
      void read(newLines({ id, component: attribute(componentLabel), name: attribute("name") }, ended));
    }
    throw new Error("The engine has closed the stream of its events.");
  });
}
