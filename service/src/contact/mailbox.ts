import { createHash } from "node:crypto";
import type { Appended, StreamStore, Swap } from "../store/store.ts";
import type { ContactValues } from "./message.ts";

/** The stream of all messages, oldest first. */
export const MESSAGES = "messages";

/**
 * A full mailbox takes nothing more and says so, rather than to forget the oldest: at most 10,000 messages of 5,000
 * characters, which Redis has the memory for.
 */
const MAX_MESSAGES = 10_000;

/** How long the same message from the same sender is known to be there already, in seconds. */
const SAME_SECONDS = 600;

/** Keeps messages until somebody reads them. */
export class Mailbox {
  readonly #store: StreamStore;

  constructor(store: StreamStore) {
    this.#store = store;
  }

  /**
   * Stores a message for good, and once: when the store fails in the middle it may be stored nonetheless, and a visitor
   * who was told to send it again does no harm with that.
   * @param spend the right to send it, where one is needed: used up in the same step
   * @throws {StoreUnavailable}
   */
  put(values: ContactValues, requestId: string, spend: Swap | undefined): Promise<Appended> {
    const hash = createHash("sha256")
      .update(JSON.stringify([values.name, values.email, values.message]))
      .digest("base64url");
    const once = { key: `message:${hash}`, ttlSeconds: SAME_SECONDS };
    return this.#store.append(MESSAGES, { ...values, requestId }, { maxLength: MAX_MESSAGES, once, spend });
  }
}
