import { setTimeout as pause } from "node:timers/promises";
import type { LogLine } from "./source.ts";

/** How long a followed line is held back for older lines of other containers. */
const holdMs = 250;

function byTime(a: LogLine, b: LogLine): number {
  return a.time < b.time ? -1 : a.time > b.time ? 1 : 0;
}

/** Merges sorted sources. It holds one line of each source at a time. */
export async function* mergeByTime(sources: readonly AsyncIterable<LogLine>[]): AsyncGenerator<LogLine> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const heads: { line: LogLine; from: AsyncIterator<LogLine> }[] = [];
  const advance = async (from: AsyncIterator<LogLine>): Promise<void> => {
    const { done, value } = await from.next();
    if (!done) {
      heads.push({ line: value, from });
    }
  };
  await Promise.all(iterators.map(advance));
  for (;;) {
    const [first] = heads.sort((a, b) => byTime(a.line, b.line));
    if (first === undefined) {
      return;
    }
    heads.shift();
    yield first.line;
    await advance(first.from);
  }
}

/** Sorts lines that arrive from several sources while they are written: it holds each for a moment. */
export class Reorder {
  readonly #held: LogLine[] = [];

  add(line: LogLine): void {
    this.#held.push(line);
  }

  /** The lines that are added until the signal aborts. They are in order if none arrives later than `holdMs`. */
  async *lines(signal: AbortSignal, holdMs: number): AsyncGenerator<LogLine> {
    while (!signal.aborted) {
      const count = this.#held.length;
      // An abort ends the pause and the loop. It is not an error.
      await pause(holdMs, undefined, { signal }).catch(() => undefined);
      yield* this.#held.splice(0, count).sort(byTime);
    }
    yield* this.#held.splice(0).sort(byTime);
  }
}

/**
 * Merges sources that are found while others are read, until the signal aborts.
 * @param find finds the sources and passes each to `read`, which resolves when the source has ended
 * @throws what `find` or a source throws before the abort. After it, broken connections are no failure
 */
export async function* followAll(
  signal: AbortSignal,
  find: (read: (source: AsyncIterable<LogLine>) => Promise<void>, ended: AbortSignal) => Promise<void>,
): AsyncGenerator<LogLine> {
  const lines = new Reorder();
  const failed = new AbortController();
  const ended = AbortSignal.any([signal, failed.signal]);
  const fail = (error: unknown): void => {
    if (!ended.aborted) {
      failed.abort(error);
    }
  };
  const read = async (source: AsyncIterable<LogLine>): Promise<void> => {
    try {
      for await (const line of source) {
        lines.add(line);
      }
    } catch (error) {
      fail(error);
    }
  };
  find(read, ended).catch(fail);
  yield* lines.lines(ended, holdMs);
  failed.signal.throwIfAborted();
}
