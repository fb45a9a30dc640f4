import type { Server } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics/metrics.ts";

/** State of a graceful shutdown. */
export interface Drain {
  /** True after SIGTERM: /ready returns 503 and responses carry "Connection: close". */
  readonly draining: boolean;
}

export interface DrainOptions {
  /** How long the server still accepts connections after SIGTERM, in seconds. */
  readonly acceptSeconds: number;
  /** How long requests in flight may then take, in seconds. */
  readonly finishSeconds: number;
}

const idleCheckMs = 100;

export class Drainer implements Drain {
  #draining = false;
  readonly #options: DrainOptions;
  readonly #metrics: Metrics;
  readonly #log: Log;

  constructor(options: DrainOptions, metrics: Metrics, log: Log) {
    this.#options = options;
    this.#metrics = metrics;
    this.#log = log;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /**
   * Stops the server: accepts connections for a while, so that load balancers notice; then closes the listening socket
   * and waits for requests in flight.
   * @returns whether all requests finished in time; the others are cut off
   */
  async stop(server: Server): Promise<boolean> {
    const { acceptSeconds, finishSeconds } = this.#options;
    this.#draining = true;
    this.#metrics.draining.set(1);
    this.#log.info("draining", { acceptSeconds, finishSeconds });
    await pause(acceptSeconds * 1000);

    const closed = new Promise<boolean>((resolve) => server.close(() => resolve(true)));
    const late = pause(finishSeconds * 1000, false, { ref: false });
    // Closes idle keep-alive connections, so that close() can finish.
    const idle = setInterval(() => server.closeIdleConnections(), idleCheckMs);
    const finished = await Promise.race([closed, late]);
    clearInterval(idle);
    if (!finished) {
      this.#log.error("requests did not finish in time and are cut off", { finishSeconds });
      server.closeAllConnections();
    }
    return finished;
  }
}
