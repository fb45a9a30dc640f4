import type { StreamStore } from "../store/store.ts";
import type { ContactValues } from "./message.ts";

/** The stream of all messages, oldest first. */
export const MESSAGES = "messages";

/**
 * A full mailbox takes nothing more and says so, rather than to forget the oldest: at most 10,000 messages of 5,000
 * characters, which Redis has the memory for.
 */
const MAX_MESSAGES = 10_000;

/** Keeps messages until somebody reads them. */
export class Mailbox {
  readonly #store: StreamStore;

  constructor(store: StreamStore) {
    this.#store = store;
  }

  /**
   * Stores a message for good. When the store fails in the middle it may be stored nonetheless: a visitor who sends it
   * again then has it there twice, never lost.
   * @returns its id, or undefined when the mailbox is full
   * @throws {StoreUnavailable}
   */
  put(values: ContactValues, requestId: string): Promise<string | undefined> {
    return this.#store.append(MESSAGES, { ...values, requestId }, MAX_MESSAGES);
  }
}
