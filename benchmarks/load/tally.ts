import { build, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";
import type { Failures, Latency, Second, Share, ShareResult } from "./plan.ts";

/** How many different troubles of a share are kept. */
const keptTroubles = 5;

/** Microseconds, up to a minute, with three digits. */
const histogram = (): Histogram =>
  build({ lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: 3 });

const record = (into: Histogram, ms: number): void => into.recordValue(Math.max(1, Math.round(ms * 1000)));

const ms = (from: Histogram, percent: number): number => from.getValueAtPercentile(percent) / 1000;

const latencyOf = (from: Histogram): Latency => ({
  mean: from.mean / 1000,
  p50: ms(from, 50),
  p90: ms(from, 90),
  p95: ms(from, 95),
  p99: ms(from, 99),
  p999: ms(from, 99.9),
  max: from.maxValue / 1000,
});

/** Counts what becomes of one share's requests. */
export class ShareTally {
  readonly #share: Share;
  readonly #seconds: SecondTally;
  readonly #latencies = histogram();
  readonly #failures: Failures = { connections: 0, timeouts: 0, statuses: 0, limited: 0, bodies: 0 };
  readonly #troubles = new Set<string>();
  #requests = 0;

  constructor(share: Share, seconds: SecondTally) {
    this.#share = share;
    this.#seconds = seconds;
  }

  /** An answer came; `trouble` says what is wrong with it. */
  answered(latencyMs: number, status: number, trouble?: string): void {
    record(this.#latencies, latencyMs);
    this.#seconds.answered(latencyMs);
    this.#requests++;
    if (trouble === undefined) return;
    this.#fail(status === 200 ? "bodies" : status === 429 ? "limited" : "statuses", trouble);
  }

  /** No answer came. Its time counts where it is known. */
  failed(kind: "connections" | "timeouts", trouble: string, latencyMs?: number): void {
    if (latencyMs !== undefined) record(this.#latencies, latencyMs);
    this.#requests++;
    this.#fail(kind, trouble);
  }

  #fail(kind: keyof Failures, trouble: string): void {
    this.#failures[kind]++;
    this.#seconds.failed();
    if (this.#troubles.size < keptTroubles) this.#troubles.add(trouble);
  }

  result(): ShareResult {
    const { name, users } = this.#share;
    return {
      name,
      users,
      requests: this.#requests,
      failures: this.#failures,
      troubles: [...this.#troubles],
      latency: latencyOf(this.#latencies),
      histogram: encodeIntoCompressedBase64(this.#latencies),
    };
  }
}

/** Cuts a run into seconds, all shares together. */
export class SecondTally {
  readonly series: Second[] = [];
  readonly #latencies = histogram();
  #requests = 0;
  #failed = 0;

  answered(latencyMs: number): void {
    record(this.#latencies, latencyMs);
    this.#requests++;
  }

  failed(): void {
    this.#failed++;
  }

  /** Ends the current second. */
  cut(): Second {
    const second = {
      time: Date.now(),
      requests: this.#requests,
      failed: this.#failed,
      p50: ms(this.#latencies, 50),
      p95: ms(this.#latencies, 95),
      p99: ms(this.#latencies, 99),
    };
    this.series.push(second);
    this.#latencies.reset();
    this.#requests = 0;
    this.#failed = 0;
    return second;
  }
}
