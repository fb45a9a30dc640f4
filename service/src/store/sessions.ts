import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { SessionEvent } from "../metrics/catalogue.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { isTheme, type Theme } from "../page/theme.ts";
import type { SessionStore, Swap } from "./store.ts";

/** What a visitor has stored. */
export interface SessionData {
  readonly theme: Theme;
  /** The secret of the contact form that the visitor was given last: with it, and once, that form may be sent. */
  readonly form?: string;
}

export interface Session {
  readonly id: string;
  readonly data: SessionData;
  /** The data as it is stored: what a change must find there still. */
  readonly stored: string;
  /** Whether it was used for some time without being renewed, and would end though its visitor is there. */
  readonly ageing: boolean;
}

export const SESSION_COOKIE = "resume_session";

/** A session that is in use is renewed this often, or twice in its time if that is less: a read is cheaper than a write. */
const RENEW_SECONDS = 60;

/** A session that changes at the same moment is read again this often; after that a new one is made. */
const SWAP_TRIES = 3;

const ID_BYTES = 24;
const COOKIE_SHAPE = /^[A-Za-z0-9_-]{32}\.[A-Za-z0-9_-]{43}$/;

/**
 * Sessions in the store. The cookie holds a random id and its signature, the data never leaves the server.
 * A session exists only once something is stored, so that everyone else's pages stay cacheable.
 */
export class Sessions {
  readonly #store: SessionStore;
  readonly #key: string;
  readonly #metrics: Metrics;
  readonly ttlSeconds: number;

  constructor(store: SessionStore, key: string, ttlSeconds: number, metrics: Metrics) {
    this.#store = store;
    this.#key = key;
    this.ttlSeconds = ttlSeconds;
    this.#metrics = metrics;
  }

  /**
   * The session that a cookie names; undefined when the cookie is absent, forged, or its session has ended.
   * @throws {StoreUnavailable}
   */
  async load(cookie: string | undefined): Promise<Session | undefined> {
    if (cookie === undefined) {
      return undefined;
    }
    const id = this.#verify(cookie);
    if (id === undefined) {
      this.#count("forged");
      return undefined;
    }
    const stored = await this.#counted(() => this.#store.read(storeKey(id)));
    const data = stored === undefined ? undefined : parse(stored.value);
    this.#count(data === undefined ? "expired" : "loaded");
    if (stored === undefined || data === undefined) {
      return undefined;
    }
    const ageSeconds = this.ttlSeconds - stored.leftMs / 1000;
    return { id, data, stored: stored.value, ageing: ageSeconds >= Math.min(RENEW_SECONDS, this.ttlSeconds / 2) };
  }

  /**
   * Lets a session's time to live start anew.
   * @returns the cookie's value, whose own time is to start anew as well
   * @throws {StoreUnavailable}
   */
  async renew(session: Session): Promise<string> {
    await this.#counted(() => this.#store.touch(storeKey(session.id), this.ttlSeconds));
    this.#count("renewed");
    return this.#cookie(session.id);
  }

  /**
   * Stores the theme in the session that a cookie names, or in a new one; its time to live starts anew. What else the
   * session holds stays as it is at that moment: a form that was used up meanwhile does not come back.
   * @returns the cookie's value
   * @throws {StoreUnavailable}
   */
  async saveTheme(theme: Theme, cookie: string | undefined): Promise<string> {
    for (let tries = 0; tries < SWAP_TRIES; tries++) {
      const session = await this.load(cookie);
      if (session === undefined) {
        break;
      }
      const to = JSON.stringify({ ...session.data, theme });
      if (await this.#counted(() => this.#store.swap(this.#swap(session, to)))) {
        this.#count("updated");
        return this.#cookie(session.id);
      }
    }
    const id = newId();
    await this.#counted(() => this.#store.set(storeKey(id), JSON.stringify({ theme }), this.ttlSeconds));
    this.#count("created");
    return this.#cookie(id);
  }

  /** How a session's right to send the form is used up: the session goes on without it, or ends if it holds nothing else. */
  spending(session: Session): Swap {
    const { theme } = session.data;
    return this.#swap(session, theme === "system" ? undefined : JSON.stringify({ theme }));
  }

  /**
   * Stores data in a session with a new id and ends the given one: for data that changes what the visitor may do, so
   * that an id somebody saw, or planted, before is worth nothing after.
   * @returns the new session and its cookie's value
   * @throws {StoreUnavailable}
   */
  async rotate(
    data: SessionData,
    existing: Session | undefined,
  ): Promise<{ readonly session: Session; readonly cookie: string }> {
    const id = newId();
    const stored = JSON.stringify(data);
    await this.#counted(() => this.#store.set(storeKey(id), stored, this.ttlSeconds));
    this.#count(existing === undefined ? "created" : "rotated");
    if (existing !== undefined) {
      await this.#counted(() => this.#store.remove(storeKey(existing.id)));
    }
    return { session: { id, data, stored, ageing: false }, cookie: this.#cookie(id) };
  }

  /**
   * Forgets a session that holds nothing any more.
   * @throws {StoreUnavailable}
   */
  async end(session: Session): Promise<void> {
    await this.#counted(() => this.#store.remove(storeKey(session.id)));
    this.#count("ended");
  }

  #swap(session: Session, to: string | undefined): Swap {
    return { key: storeKey(session.id), from: session.stored, to, ttlSeconds: this.ttlSeconds };
  }

  #verify(cookie: string): string | undefined {
    if (!COOKIE_SHAPE.test(cookie)) {
      return undefined;
    }
    const [id = "", signature = ""] = cookie.split(".");
    return timingSafeEqual(Buffer.from(signature), Buffer.from(this.#sign(id))) ? id : undefined;
  }

  #cookie(id: string): string {
    return `${id}.${this.#sign(id)}`;
  }

  #sign(id: string): string {
    return createHmac("sha256", this.#key).update(`session:${id}`).digest("base64url");
  }

  async #counted<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      this.#count("unavailable");
      throw error;
    }
  }

  #count(event: SessionEvent): void {
    this.#metrics.sessions.inc({ event });
  }
}

function newId(): string {
  return randomBytes(ID_BYTES).toString("base64url");
}

function storeKey(id: string): string {
  return `session:${id}`;
}

/** Stored session data; anything of another shape (an older version's, say) counts as no session. */
function parse(stored: string): SessionData | undefined {
  try {
    const value: unknown = JSON.parse(stored);
    if (typeof value !== "object" || value === null || !("theme" in value) || !isTheme(value.theme)) {
      return undefined;
    }
    const form = "form" in value && typeof value.form === "string" ? { form: value.form } : {};
    return { theme: value.theme, ...form };
  } catch {
    return undefined;
  }
}
