import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type Docker from "dockerode";
import { componentLabel, labelFilters } from "../../infra/labels.ts";
import { ownContainers, type StackIdentity } from "../../infra/targets/docker/owner.ts";
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
export function dockerSource(engine: Docker, stack: StackIdentity): LogSource {
  return async function* ({ since, follow, component, signal }) {
    const more = component === undefined ? {} : { [componentLabel]: component };
    const list = async () =>
      (await ownContainers(engine, stack, more)).map(
        ({ Id, Names, Labels }): Container => ({
          id: Id,
          component: Labels[componentLabel] ?? "",
          name: (Names[0] ?? "").slice(1),
        }),
      );
    const now = Date.now() / 1000;
    const containers = await list();
    yield* mergeByTime(containers.map((container) => linesOf(engine, container, { since, until: now }, signal)));
    if (follow) {
      yield* following(engine, { label: labelFilters({ ...stack.labels, ...more }), list }, containers, now, signal);
    }
  };
}

/** The names of a component's containers, ended ones included. */
export async function containerNames(engine: Docker, stack: StackIdentity, component: string): Promise<string[]> {
  const containers = await ownContainers(engine, stack, { [componentLabel]: component });
  return containers.map(({ Names }) => (Names[0] ?? "").slice(1));
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
  { label, list }: { label: string[]; list: () => Promise<Container[]> },
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
      const started = (await list()).find(({ id }) => id === at(event, "id"));
      if (started !== undefined) {
        void read(newLines(started, ended));
      }
    }
    throw new Error("The engine has closed the stream of its events.");
  });
}
