import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Session } from "../store/sessions.ts";

const SECRET_BYTES = 18;
const NONCE_BYTES = 12;
const SHAPE = /^[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{43}$/;

/**
 * Signed tokens that tie a form to the session it was given to: another site can neither read one nor make one. Each
 * rendering holds another text for the same right, so that a compressed page's length tells nothing about it.
 */
export class FormTokens {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  /** The secret that a session holds while it may send the form. */
  newSecret(): string {
    return randomBytes(SECRET_BYTES).toString("base64url");
  }

  /** A token for the form; undefined for a session that holds no secret. */
  issue(session: Session | undefined): string | undefined {
    if (session?.data.form === undefined) {
      return undefined;
    }
    const nonce = randomBytes(NONCE_BYTES).toString("base64url");
    return `${nonce}.${this.#sign(nonce, session.id, session.data.form)}`;
  }

  valid(session: Session | undefined, token: string | null): boolean {
    if (session?.data.form === undefined || token === null || !SHAPE.test(token)) {
      return false;
    }
    const [nonce = "", signature = ""] = token.split(".");
    return timingSafeEqual(Buffer.from(signature), Buffer.from(this.#sign(nonce, session.id, session.data.form)));
  }

  #sign(nonce: string, id: string, secret: string): string {
    return createHmac("sha256", this.#key).update(`form:${id}:${secret}:${nonce}`).digest("base64url");
  }
}
