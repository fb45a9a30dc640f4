import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { inCache } from "./paths.ts";
import { hasCode } from "./user-error.ts";

/**
 * What a run has found out and a later one may believe: a small file of JSON values by name. A value is read through a
 * type guard, so that a file of another version is as good as none.
 */
export class ProbeCache {
  readonly #file: string;

  constructor(file: string = inCache("facts.json")) {
    this.#file = file;
  }

  #all(): Record<string, unknown> {
    try {
      const value: unknown = JSON.parse(readFileSync(this.#file, "utf8"));
      return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
    } catch (error) {
      if (hasCode(error, "ENOENT") || error instanceof SyntaxError) {
        return {};
      }
      throw error;
    }
  }

  /** The value of this name, if there is one of the type that the guard asks for. */
  read<T>(name: string, is: (value: unknown) => value is T): T | undefined {
    const value = this.#all()[name];
    return is(value) ? value : undefined;
  }

  /** Keeps a value; undefined forgets it. */
  write(name: string, value: unknown): void {
    const temporary = `${this.#file}.${process.pid}`;
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(temporary, `${JSON.stringify({ ...this.#all(), [name]: value }, null, 2)}\n`);
    renameSync(temporary, this.#file);
  }
}

/** How long an official source that was out of reach is not asked again: a day. */
const retryAfterMs = 24 * 3600 * 1000;

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

/** Whether a source was out of reach within the last day, so that asking it again would only cost time. */
export function wasOutOfReach(probes: ProbeCache, source: string, now: number = Date.now()): boolean {
  if (process.env.RESUME_TOOLCHAIN_RETRY) {
    return false;
  }
  const when = probes.read(`outOfReach.${source}`, isNumber);
  return when !== undefined && now - when < retryAfterMs;
}

/** What a line about a stand-in ends with. */
export const retryHint = "asked again after a day, or with RESUME_TOOLCHAIN_RETRY=1";

/** Remembers that a source is out of reach. */
export function rememberOutOfReach(probes: ProbeCache, source: string, now: number = Date.now()): void {
  probes.write(`outOfReach.${source}`, now);
}
