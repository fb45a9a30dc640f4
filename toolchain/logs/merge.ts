import { setTimeout as pause } from "node:timers/promises";
import type { LogLine } from "./source.ts";

function byTime(a: LogLine, b: LogLine): number {
  return a.time < b.time ? -1 : a.time > b.time ? 1 : 0;
}

/** Merges what is in order into one order. It holds one line of each source at a time. */
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

/** Lines that arrive as they are written, from several sources; held for a moment, so that they leave in order. */
export class Reorder {
  readonly #held: LogLine[] = [];

  add(line: LogLine): void {
    this.#held.push(line);
  }

  /** What has come until it is aborted, in the order of its time as far as it comes within `holdMs`. */
  async *lines(signal: AbortSignal, holdMs: number): AsyncGenerator<LogLine> {
    while (!signal.aborted) {
      const known = this.#held.length;
      // An aborted pause is the end of the loop, not an error.
      await pause(holdMs, undefined, { signal }).catch(() => undefined);
      yield* this.#held.splice(0, known).sort(byTime);
    }
    yield* this.#held.splice(0).sort(byTime);
  }
}
