import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { SessionEvent } from "../metrics/catalogue.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { isTheme, type Theme } from "../page/theme.ts";
import type { SessionStore, Swap } from "./store.ts";

/** The data of a session. */
export interface SessionData {
  readonly theme: Theme;
  /** The secret of the visitor's latest contact form, which may be sent once. */
  readonly form?: string;
}

export interface Session {
  readonly id: string;
  readonly data: SessionData;
  /** The stored text, for compare-and-swap. */
  readonly stored: string;
  /** Whether its time to live is due for renewal. */
  readonly ageing: boolean;
}

export const sessionCookie = "resume_session";

/** Renewal interval of a session in use, at most half its TTL. Not on every request, as writes cost more than reads. */
const renewSeconds = 60;

/** Attempts of compare-and-swap before a new session is created. */
const swapTries = 3;

const idBytes = 24;
const cookieShape = /^[A-Za-z0-9_-]{32}\.[A-Za-z0-9_-]{43}$/;

/**
 * Sessions in the store. The cookie holds a random id and its signature, the data never leaves the server.
 * A session is created only when something is stored, so that all other pages stay cacheable.
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
   * @throws {StoreUnavailable} when the store can't be reached in time
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
    return { id, data, stored: stored.value, ageing: ageSeconds >= Math.min(renewSeconds, this.ttlSeconds / 2) };
  }

  /**
   * Restarts a session's time to live.
   * @returns the cookie's value, to restart the cookie's own time
   * @throws {StoreUnavailable} when the store can't be reached in time
   */
  async renew(session: Session): Promise<string> {
    await this.#counted(() => this.#store.touch(storeKey(session.id), this.ttlSeconds));
    this.#count("renewed");
    return this.#cookie(session.id);
  }

  /**
   * Stores the theme in the cookie's session, or in a new one, and restarts its time to live. Compare-and-swap keeps the
   * other data as it is at that moment: a form secret used meanwhile does not come back.
   * @returns the cookie's value
   * @throws {StoreUnavailable} when the store can't be reached in time
   */
  async saveTheme(theme: Theme, cookie: string | undefined): Promise<string> {
    for (let tries = 0; tries < swapTries; tries++) {
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

  /** Returns the swap that removes the form secret, or the whole session if it holds nothing else. */
  spending(session: Session): Swap {
    const { theme } = session.data;
    return this.#swap(session, theme === "system" ? undefined : JSON.stringify({ theme }));
  }

  /**
   * Stores data in a session with a new id and deletes the given one. Needed where the data grants a right: protects
   * against session fixation.
   * @returns the new session and its cookie's value
   * @throws {StoreUnavailable} when the store can't be reached in time
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
   * Deletes a session that holds nothing any more.
   * @throws {StoreUnavailable} when the store can't be reached in time
   */
  async end(session: Session): Promise<void> {
    await this.#counted(() => this.#store.remove(storeKey(session.id)));
    this.#count("ended");
  }

  #swap(session: Session, to: string | undefined): Swap {
    return { key: storeKey(session.id), from: session.stored, to, ttlSeconds: this.ttlSeconds };
  }

  #verify(cookie: string): string | undefined {
    if (!cookieShape.test(cookie)) {
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
  return randomBytes(idBytes).toString("base64url");
}

function storeKey(id: string): string {
  return `session:${id}`;
}

/** Parses session data. Another shape, such as an older version's, counts as no session. */
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
