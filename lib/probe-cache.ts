import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { readJsonLeniently } from "./json-file.ts";
import { inCache } from "./paths.ts";

/**
 * Results of earlier runs: JSON values by name, in one small file. A value is read through a schema, so that a value which
 * another version has written counts as missing.
 */
export class ProbeCache {
  readonly #file: string;

  constructor(file: string = inCache("facts.json")) {
    this.#file = file;
  }

  #all(): Record<string, unknown> {
    return { ...Object(readJsonLeniently(this.#file)) };
  }

  /** The value of this name, if it fits the schema. */
  read<T>(name: string, schema: z.ZodType<T>): T | undefined {
    return schema.safeParse(this.#all()[name]).data;
  }

  /** Keeps a value; undefined removes it. */
  write(name: string, value: unknown): void {
    const temporary = `${this.#file}.${process.pid}`;
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(temporary, `${JSON.stringify({ ...this.#all(), [name]: value }, null, 2)}\n`);
    renameSync(temporary, this.#file);
  }
}

/** How long an unreachable official source is not tried again: a day. */
const retryAfterMs = 24 * 3600 * 1000;

/** Whether a source was out of reach within the last day. Trying it again would probably only cost time. */
export function wasOutOfReach(probes: ProbeCache, source: string, now: number = Date.now()): boolean {
  if (process.env.RESUME_TOOLCHAIN_RETRY) {
    return false;
  }
  const when = probes.read(`outOfReach.${source}`, z.number());
  return when !== undefined && now - when < retryAfterMs;
}

/** The end of each message about a replacement for an unreachable source. */
export const retryHint = "tried again after a day, or with RESUME_TOOLCHAIN_RETRY=1";

/** Remembers that a source is out of reach. */
export function rememberOutOfReach(probes: ProbeCache, source: string, now: number = Date.now()): void {
  probes.write(`outOfReach.${source}`, now);
}
