/** Waiting until an object is as the program wants it. */
import type { Props } from "../../lib/values.ts";
import type { View } from "../api.ts";
import { ApiError, UnreachableError } from "../api-error.ts";
import type { Reference } from "../object.ts";

/** What one look at the cluster shows. */
export type Look =
  | { ready: true }
  | {
      ready: false;
      /** What is waited for, one line of progress. */
      status: string;
      /** Why it is not ready, in the words of those concerned. */
      reasons: string[];
      /** It won't get ready any more. */
      failed?: boolean;
    };

/** How one kind of object is waited for. */
export interface Awaiter {
  /** Seconds to wait when the program doesn't say. */
  timeoutSeconds: number;
  /** Starts anew for each object; what it returns looks once. */
  start(scene: Scene): (live: Props) => Promise<Look>;
}

export interface Scene {
  view: View;
  /** How long things must have stayed the same to count as settled. */
  settleMs: number;
}

/** The object exists and is not ready; the message goes on after its name: `is not ready after 5 s: …`. */
export class NotReadyError extends Error {
  /** The object as it was last seen. */
  readonly live: Props;
  constructor(message: string, live: Props) {
    super(message);
    this.live = live;
  }
}

export interface Waiting {
  view: View;
  reference: Reference;
  look: (live: Props) => Promise<Look>;
  timeoutSeconds: number;
  say: (status: string) => void;
  signal: AbortSignal;
  /** The object as it was last seen. */
  live: Props;
}

const quickMs = 500;
const slowMs = 1500;
const quickForMs = 15_000;

/**
 * Looks again and again until the object is ready, and returns it. An API server that does not answer for a while is
 * waited for as well.
 * @throws NotReadyError when it is not ready in time, won't get ready any more, is gone, or the user gives up.
 */
export async function waitUntilReady({ live, ...waiting }: Waiting): Promise<Props> {
  const { view, reference, look, timeoutSeconds, say, signal } = waiting;
  const start = performance.now();
  let last = live;
  let said = "";
  for (;;) {
    const seen = await lookOnce();
    if (seen.ready) {
      return last;
    }
    if (seen.status !== said) {
      said = seen.status;
      say(said);
    }
    const waitedMs = performance.now() - start;
    if (seen.failed) {
      throw new NotReadyError(sentence("has failed", seen.reasons), last);
    }
    if (signal.aborted) {
      throw new NotReadyError(sentence("was not waited for to the end", seen.reasons), last);
    }
    if (waitedMs >= timeoutSeconds * 1000) {
      throw new NotReadyError(sentence(`is not ready after ${timeoutSeconds} s`, seen.reasons), last);
    }
    const leftMs = timeoutSeconds * 1000 - waitedMs;
    await pause(Math.min(waitedMs < quickForMs ? quickMs : slowMs, leftMs), signal);
  }

  async function lookOnce(): Promise<Look> {
    try {
      const found = await view.get(reference);
      if (found === undefined) {
        return { ready: false, failed: true, status: "", reasons: ["it was deleted while it was waited for"] };
      }
      last = found;
      return await look(found);
    } catch (error) {
      if (error instanceof UnreachableError || (error instanceof ApiError && error.status >= 500)) {
        return { ready: false, status: "Waiting for the API server to answer", reasons: [error.message] };
      }
      throw error;
    }
  }
}

/** One sentence of what happened and why; the reasons each once. */
export function sentence(what: string, reasons: readonly string[]): string {
  const why = [...new Set(reasons.map((reason) => reason.trim()).filter((reason) => reason !== ""))];
  return why.length === 0 ? what : `${what}: ${why.join("; ")}`;
}

/** Waits; ends early when the user gives up. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    if (signal.aborted) {
      done();
    }
  });
}
