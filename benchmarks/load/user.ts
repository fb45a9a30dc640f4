import { Client, type Dispatcher } from "undici";
import { type Address, errorIn } from "../address.ts";
import type { ShareTally, WholeTally } from "./tally.ts";

/** Longer than the interval of the open model, and shorter than nginx' idle timeout: no connection ends by itself. */
const keepAliveMs = 60_000;

/** Wait of a user after a failed connection, so that a dead server does not keep this machine busy. */
const afterFailureMs = 100;

const connectTimeout = "UND_ERR_CONNECT_TIMEOUT";

/** Error codes of a machine that has no file, port or memory left for a connection. */
const machineCodes = new Set(["EMFILE", "ENFILE", "EADDRNOTAVAIL", "ENOBUFS", "ENOMEM"]);

/** A request, until `done` was called. */
interface PendingRequest {
  /** When the waiting began, as `performance.now()` gives it. */
  since: number;
  done: () => void;
  /** It is on the wire. */
  sent: boolean;
  /** It is counted; what follows is not. */
  over: boolean;
}

/** A user with a keep-alive connection. By undici, which reports every failure and gives bodies as bytes. */
export class User {
  readonly #origin: string;
  readonly #request: Dispatcher.DispatchOptions;
  readonly #address: Address;
  readonly #tally: ShareTally;
  readonly #whole: WholeTally;
  readonly #timeoutMs: number;
  /** Requests that wait for the current one to end, the oldest first. */
  readonly #waiting: PendingRequest[] = [];
  #client: Client;
  #current: PendingRequest | undefined;
  #hasConnected = false;

  /** @param timeoutMs longest that a request may take from when its waiting began, all of it together */
  constructor(address: Address, tally: ShareTally, whole: WholeTally, timeoutMs: number) {
    const { origin, pathname, search } = new URL(address.url);
    this.#origin = origin;
    this.#request = { method: "GET", path: `${pathname}${search}`, headers: { ...address.headers } };
    this.#address = address;
    this.#tally = tally;
    this.#whole = whole;
    this.#timeoutMs = timeoutMs;
    this.#client = this.#newClient();
  }

  /**
   * Sends a request once the requests before it have ended, counts its outcome, and then calls `done`.
   * @param since when the waiting began, as `performance.now()` gives it
   */
  ask(since: number, done: () => void): void {
    const pending = { since, done, sent: false, over: false };
    if (this.#current === undefined) {
      this.#send(pending);
    } else {
      this.#waiting.push(pending);
    }
  }

  /** Ends requests that have taken too long. Called periodically, which costs less than a timer for each request. */
  expire(now: number): void {
    const isLate = ({ since }: PendingRequest) => now - since > this.#timeoutMs;
    // Requests behind a hanging one were due as well.
    while (this.#waiting[0] !== undefined && isLate(this.#waiting[0])) {
      const late = this.#waiting.shift();
      if (late !== undefined) {
        this.#late(late, now);
      }
    }
    if (this.#current !== undefined && !this.#current.over && isLate(this.#current)) {
      this.#hangUp(this.#current);
      this.#late(this.#current, now);
    }
  }

  /** Cancels all requests at once, without a failure. */
  cutOff(): void {
    for (const pending of this.#waiting.splice(0)) {
      this.#whole.cutOff();
      pending.done();
    }
    if (this.#current === undefined || this.#current.over) {
      return;
    }
    this.#hangUp(this.#current);
    this.#whole.cutOff();
    this.#end(this.#current);
  }

  async leave(): Promise<void> {
    await this.#client.destroy();
  }

  #newClient(): Client {
    const client = new Client(this.#origin, {
      pipelining: 1,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      connect: { timeout: this.#timeoutMs },
      // The whole request has its own limit.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    client.on("connect", () => {
      this.#whole.connected(this.#hasConnected);
      this.#hasConnected = true;
    });
    client.on("disconnect", () => {
      // A request that is not sent yet goes out on the next connection.
      this.#whole.disconnected(client === this.#client && this.#current?.sent !== true);
    });
    return client;
  }

  #send(pending: PendingRequest): void {
    this.#current = pending;
    const chunks: Buffer[] = [];
    let answer = { status: 0, headers: {} };
    this.#client.dispatch(this.#request, {
      onRequestStart: () => {
        pending.sent = true;
      },
      onResponseStart: (_, status, headers) => {
        answer = { status, headers };
      },
      onResponseData: (_, chunk) => {
        chunks.push(chunk);
      },
      onResponseEnd: () => {
        if (pending.over) {
          return;
        }
        const now = performance.now();
        const latency = now - pending.since;
        if (latency > this.#timeoutMs) {
          this.#late(pending, now);
          return;
        }
        const [only] = chunks;
        const body = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
        this.#tally.answered(latency, answer.status, errorIn({ ...answer, body }, this.#address.expected));
        this.#end(pending);
      },
      onResponseError: (_, error) => {
        if (pending.over) {
          return;
        }
        const code = "code" in error ? String(error.code) : "";
        if (machineCodes.has(code)) {
          this.#whole.unsent(code);
        } else {
          const kind = code === connectTimeout ? "timeouts" : "connections";
          this.#tally.failed(kind, error.message, performance.now() - pending.since);
        }
        pending.over = true;
        setTimeout(() => this.#end(pending), afterFailureMs);
      },
    });
  }

  #late(pending: PendingRequest, now: number): void {
    this.#tally.failed("timeouts", `no whole answer within ${this.#timeoutMs / 1000} s`, now - pending.since);
    if (pending === this.#current) {
      this.#end(pending);
    } else {
      pending.done();
    }
  }

  /** Closes the connection of a request; the next request opens another. */
  #hangUp(pending: PendingRequest): void {
    // undici reports its end at once.
    pending.over = true;
    const hung = this.#client;
    this.#client = this.#newClient();
    void hung.destroy();
  }

  #end(pending: PendingRequest): void {
    pending.over = true;
    this.#current = undefined;
    const next = this.#waiting.shift();
    if (next !== undefined) {
      this.#send(next);
    }
    pending.done();
  }
}
