import { createHash } from "node:crypto";
import type { Appended, StreamStore, Swap } from "../store/store.ts";
import type { ContactValues } from "./message.ts";

/** The stream of all messages, oldest first. */
export const MESSAGES = "messages";

/**
 * A full mailbox rejects new messages instead of deleting the oldest. Redis has the memory for 10,000 messages of 5,000
 * characters.
 */
const MAX_MESSAGES = 10_000;

/** How long the same message of the same sender counts as a duplicate, in seconds. */
const SAME_SECONDS = 600;

/** Keeps messages until somebody reads them. */
export class Mailbox {
  readonly #store: StreamStore;

  constructor(store: StreamStore) {
    this.#store = store;
  }

  /**
   * Stores a message once. After a failure it may be stored nonetheless, so a visitor who sends it again must not create
   * a duplicate.
   * @param spend the session's form secret, if needed: removed in the same step
   * @throws {StoreUnavailable} when the store can't be reached in time
   */
  put(values: ContactValues, requestId: string, spend: Swap | undefined): Promise<Appended> {
    const hash = createHash("sha256")
      .update(JSON.stringify([values.name, values.email, values.message]))
      .digest("base64url");
    const once = { key: `message:${hash}`, ttlSeconds: SAME_SECONDS };
    return this.#store.append(MESSAGES, { ...values, requestId }, { maxLength: MAX_MESSAGES, once, spend });
  }
}
