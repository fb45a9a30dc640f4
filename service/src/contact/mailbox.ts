import { createHash } from "node:crypto";
import type { Appended, StreamStore, Swap } from "../store/store.ts";
import type { ContactValues } from "./message.ts";

/** The stream of all messages, oldest first. */
export const messageStream = "messages";

/**
 * A full mailbox rejects new messages instead of deleting the oldest. Redis has the memory for 10,000 messages of 5,000
 * characters.
 */
const maxMessages = 10_000;

/** How long the same message of the same sender counts as a duplicate, in seconds. */
const sameSeconds = 600;

/** Stores messages until the owner reads and deletes them. */
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
    const once = { key: `message:${hash}`, ttlSeconds: sameSeconds };
    return this.#store.append(messageStream, { ...values, requestId }, { maxLength: maxMessages, once, spend });
  }
}
