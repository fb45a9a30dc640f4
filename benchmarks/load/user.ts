import { Client, type Dispatcher } from "undici";
import { type Target, timeoutMs, trouble } from "../target.ts";
import type { ShareTally } from "./tally.ts";

/** Longer than a paced user's interval and shorter than nginx keeps a connection: none ends by itself. */
const keepAliveMs = 60_000;

/** How long a user waits before the next try when the connection failed, so that a dead server does not keep this machine busy. */
const afterFailureMs = 100;

const timeoutCodes = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "UND_ERR_CONNECT_TIMEOUT"]);

/** One user with a connection of their own, which stays open: by undici, which tells every failure and gives bodies as bytes. */
export class User {
  readonly #client: Client;
  readonly #request: Dispatcher.DispatchOptions;
  readonly #target: Target;
  readonly #tally: ShareTally;

  constructor(target: Target, tally: ShareTally) {
    const { origin, pathname, search } = new URL(target.url);
    this.#client = new Client(origin, {
      pipelining: 1,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      connect: { timeout: timeoutMs },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    this.#request = { method: "GET", path: `${pathname}${search}`, headers: { ...target.headers } };
    this.#target = target;
    this.#tally = tally;
  }

  /**
   * Asks once, tells the tally what came of it, and then calls `done`.
   * @param since when the waiting began, as `performance.now()` gives it
   */
  ask(since: number, done: () => void): void {
    const chunks: Buffer[] = [];
    let answer = { status: 0, headers: {} };
    this.#client.dispatch(this.#request, {
      onRequestStart: () => {},
      onResponseStart: (_, status, headers) => {
        answer = { status, headers };
      },
      onResponseData: (_, chunk) => {
        chunks.push(chunk);
      },
      onResponseEnd: () => {
        const latency = performance.now() - since;
        const [only] = chunks;
        const body = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
        this.#tally.answered(latency, answer.status, trouble({ ...answer, body }, this.#target.expected));
        done();
      },
      onResponseError: (_, error) => {
        const kind = "code" in error && timeoutCodes.has(String(error.code)) ? "timeouts" : "connections";
        this.#tally.failed(kind, error.message, performance.now() - since);
        setTimeout(done, afterFailureMs);
      },
    });
  }

  leave(): Promise<void> {
    return this.#client.destroy();
  }
}
