import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Session } from "../store/sessions.ts";

const secretBytes = 18;
const nonceBytes = 12;
const tokenShape = /^[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{43}$/;

/**
 * Signed tokens that tie a form to a session: another site can neither read nor create one. Each rendering has a new
 * nonce, so that the length of a compressed page reveals nothing about the token (BREACH).
 */
export class FormTokens {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  /** Creates the secret of a session that may send the form. */
  newSecret(): string {
    return randomBytes(secretBytes).toString("base64url");
  }

  /** Creates a token for the form; undefined for a session without a secret. */
  issue(session: Session | undefined): string | undefined {
    if (session?.data.form === undefined) {
      return undefined;
    }
    const nonce = randomBytes(nonceBytes).toString("base64url");
    return `${nonce}.${this.#sign(nonce, session.id, session.data.form)}`;
  }

  valid(session: Session | undefined, token: string | null): boolean {
    if (session?.data.form === undefined || token === null || !tokenShape.test(token)) {
      return false;
    }
    const [nonce = "", signature = ""] = token.split(".");
    return timingSafeEqual(Buffer.from(signature), Buffer.from(this.#sign(nonce, session.id, session.data.form)));
  }

  #sign(nonce: string, id: string, secret: string): string {
    return createHmac("sha256", this.#key).update(`form:${id}:${secret}:${nonce}`).digest("base64url");
  }
}
