import { encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { histogram, record } from "./histogram.ts";
import type { Connections, Failures, OwnLoad, PartResult, PartSecond } from "./plan.ts";

/** Limit of different errors that are kept of a share. */
export const keptErrors = 5;

/** Counts the outcomes of one share's requests. */
export class ShareTally {
  readonly #whole: WholeTally;
  readonly #latencies = histogram();
  readonly #failures: Failures = { connections: 0, timeouts: 0, statuses: 0, limited: 0, bodies: 0 };
  readonly #errors = new Set<string>();
  #requests = 0;

  constructor(whole: WholeTally) {
    this.#whole = whole;
  }

  /** Counts an answer. @param error what is wrong with it */
  answered(latencyMs: number, status: number, error?: string): void {
    this.#count(latencyMs);
    if (error === undefined) {
      return;
    }
    this.#fail(status === 200 ? "bodies" : status === 429 ? "limited" : "statuses", error);
  }

  /** Counts a request without a whole answer. */
  failed(kind: "connections" | "timeouts", error: string, latencyMs: number): void {
    this.#count(latencyMs);
    this.#fail(kind, error);
  }

  #count(latencyMs: number): void {
    record(this.#latencies, latencyMs);
    this.#whole.counted(latencyMs);
    this.#requests++;
  }

  #fail(kind: keyof Failures, error: string): void {
    this.#failures[kind]++;
    this.#whole.failed();
    if (this.#errors.size < keptErrors) {
      this.#errors.add(error);
    }
  }

  result(): PartResult["shares"][number] {
    return {
      requests: this.#requests,
      failures: this.#failures,
      errors: [...this.#errors],
      histogram: encodeIntoCompressedBase64(this.#latencies),
    };
  }
}

/** All shares of one thread: cuts a run into seconds, and counts what belongs to no share. */
export class WholeTally {
  readonly series: PartSecond[] = [];
  readonly #latencies = histogram();
  readonly #unsentBy = new Set<string>();
  #requests = 0;
  #failed = 0;
  #since = performance.now();
  #open = 0;
  #unsent = 0;
  #cutOff = 0;
  #reconnects = 0;
  #idleCuts = 0;

  counted(latencyMs: number): void {
    record(this.#latencies, latencyMs);
    this.#requests++;
  }

  failed(): void {
    this.#failed++;
  }

  /** This machine could not send a request, by this error code. */
  unsent(code: string): void {
    this.#unsent++;
    this.#unsentBy.add(code);
  }

  /** The user stopped while a request was under way. */
  cutOff(): void {
    this.#cutOff++;
  }

  connected(again: boolean): void {
    this.#open++;
    if (again) {
      this.#reconnects++;
    }
  }

  /** @param idle while nobody waited for an answer on it */
  disconnected(idle: boolean): void {
    this.#open--;
    if (idle) {
      this.#idleCuts++;
    }
  }

  /** Ends the current second. */
  cut(): PartSecond {
    const now = performance.now();
    const second = {
      time: Date.now(),
      seconds: (now - this.#since) / 1000,
      requests: this.#requests,
      failed: this.#failed,
      connections: this.#open,
      histogram: encodeIntoCompressedBase64(this.#latencies),
    };
    this.series.push(second);
    this.#latencies.reset();
    this.#requests = 0;
    this.#failed = 0;
    this.#since = now;
    return second;
  }

  own(): Pick<OwnLoad, "unsent" | "unsentBy" | "cutOff"> {
    return { unsent: this.#unsent, unsentBy: [...this.#unsentBy], cutOff: this.#cutOff };
  }

  connections(): Omit<Connections, "most"> {
    return { reconnects: this.#reconnects, idleCuts: this.#idleCuts };
  }
}
