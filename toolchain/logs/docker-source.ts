import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type Docker from "dockerode";
import { componentLabel, type Labels, labelFilters } from "../../infra/labels.ts";
import { at } from "../../lib/at.ts";
import { linesInFrames } from "../../lib/docker-frames.ts";
import { mergeByTime, Reorder } from "./merge.ts";
import type { LogLine, LogSource, Range } from "./source.ts";

/** How long a followed line waits for older ones of other containers. */
const holdMs = 250;

interface Place {
  readonly id: string;
  readonly component: string;
  readonly container: string;
}

/** The logs of a stack's containers, those that start later included, as the engine keeps them. */
export function dockerSource(engine: Docker, stack: Labels): LogSource {
  return async function* (range) {
    const labels = range.component === undefined ? stack : { ...stack, [componentLabel]: range.component };
    const label = labelFilters(labels);
    const now = Date.now() / 1000;
    const places = (await engine.listContainers({ all: true, filters: { label } })).map(
      ({ Id, Names, Labels }): Place => ({
        id: Id,
        component: Labels[componentLabel] ?? "",
        container: (Names[0] ?? "").slice(1),
      }),
    );
    yield* mergeByTime(places.map((place) => past(engine, place, range, now)));
    if (range.follow) {
      yield* following(engine, label, places, now, range.signal);
    }
  };
}

const streams = { stdout: true, stderr: true, timestamps: true } as const;

/** A container's log as a stream; the library itself streams only what it follows, and reads all else into one buffer. */
function openLog(engine: Docker, id: string, query: object, signal: AbortSignal): Promise<Readable> {
  const request = {
    path: `/containers/${id}/logs?`,
    method: "GET",
    isStream: true,
    abortSignal: signal,
    statusCodes: { 200: true, 404: "no such container", 500: "server error" },
    options: { ...streams, ...query },
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

/** What a container wrote between two times. */
async function* past(engine: Docker, place: Place, { since, signal }: Range, until: number): AsyncGenerator<LogLine> {
  yield* linesOf(place, await openLog(engine, place.id, { since, until }, signal));
}

async function* following(
  engine: Docker,
  label: string[],
  places: readonly Place[],
  since: number,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const lines = new Reorder();
  /** The time of the last line of each container: one that starts while the list is made is followed twice. */
  const last = new Map<string, string>();
  const failed = new AbortController();
  const ended = AbortSignal.any([signal, failed.signal]);
  // After the end nothing is a failure: what is still open is cut off.
  const unlessEnded = (error: unknown): void => {
    if (!ended.aborted) {
      failed.abort(error);
    }
  };
  const follow = async (place: Place): Promise<void> => {
    const stream = await openLog(engine, place.id, { follow: true, since }, ended);
    for await (const line of linesOf(place, stream)) {
      if (line.time <= (last.get(place.id) ?? "")) {
        continue;
      }
      last.set(place.id, line.time);
      lines.add(line);
    }
  };
  const followStarted = async (): Promise<void> => {
    const events = await engine.getEvents({ since, filters: { label, event: ["start"] }, abortSignal: ended });
    for await (const text of createInterface({ input: events })) {
      const event: unknown = JSON.parse(text);
      const attribute = (name: string) => String(at(event, "Actor", "Attributes", name) ?? "");
      const place = { id: String(at(event, "id")), component: attribute(componentLabel), container: attribute("name") };
      follow(place).catch(unlessEnded);
    }
    throw new Error("The engine has closed the stream of its events.");
  };
  for (const place of places) {
    follow(place).catch(unlessEnded);
  }
  followStarted().catch(unlessEnded);
  yield* lines.lines(ended, holdMs);
  failed.signal.throwIfAborted();
}

/** The lines of an engine's log stream. */
async function* linesOf({ component, container }: Place, stream: Readable): AsyncGenerator<LogLine> {
  for await (const line of linesInFrames(stream)) {
    const space = line.indexOf(" ");
    yield { time: line.slice(0, space), component, container, text: line.slice(space + 1) };
  }
}
