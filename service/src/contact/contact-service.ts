import { errorFields, type Log } from "../log.ts";
import type { Theme } from "../page/theme.ts";
import type { RateLimit } from "../store/rate-limit.ts";
import type { Session, SessionData, Sessions } from "../store/sessions.ts";
import type { Mailbox } from "./mailbox.ts";
import { type ContactErrors, type ContactValues, checkContact } from "./message.ts";
import type { FormTokens } from "./tokens.ts";

/** A submitted contact form. */
export interface Submission {
  readonly values: ContactValues;
  /** Whether the hidden field, which only robots fill in, has a value. */
  readonly trapped: boolean;
  readonly token: string | null;
  /** Whether the browser states that the form came from this site (Sec-Fetch-Site). */
  readonly vouched: boolean;
  readonly sessionCookie: string | undefined;
  readonly client: string;
  readonly requestId: string;
}

/** A new value for the visitor's cookie, or its removal. */
export type CookieChange = { readonly value: string } | "clear";

export type Outcome =
  | { readonly result: "stored"; readonly cookie: CookieChange | undefined }
  | { readonly result: "invalid"; readonly errors: ContactErrors; readonly view: FormView }
  | { readonly result: "trapped" | "full"; readonly view: FormView }
  | { readonly result: "limited"; readonly retrySeconds: number; readonly view: FormView }
  | { readonly result: "unconfirmed"; readonly cookie: CookieChange; readonly view: FormView };

/** What is needed to render the form again. */
export interface FormView {
  readonly theme: Theme;
  readonly token: string | undefined;
}

export interface ContactServiceParts {
  readonly sessions: Sessions;
  readonly tokens: FormTokens;
  /** Limits messages of a client. */
  readonly limit: RateLimit;
  /** Limits confirmations of a client: each creates a session, which takes room in the store. */
  readonly askLimit: RateLimit;
  readonly mailbox: Mailbox;
  readonly log: Log;
}

/**
 * Stores messages of the contact form, with protection against forgery (CSRF) that needs no script. The page with the
 * form is cached and the same for everyone, so it can't contain a token. A form is accepted when the browser states that
 * it came from this site (no session needed), or when it contains the token of the visitor's session. Any other form is
 * shown again with a session and its token, and the visitor confirms it. Another site can submit a form, but can neither
 * read that response nor confirm it.
 */
export class ContactService {
  readonly #parts: ContactServiceParts;

  constructor(parts: ContactServiceParts) {
    this.#parts = parts;
  }

  get sessionTtlSeconds(): number {
    return this.#parts.sessions.ttlSeconds;
  }

  /** @throws {StoreUnavailable} when the store can't be reached in time */
  async submit(submission: Submission): Promise<Outcome> {
    const { sessions, tokens, limit, askLimit, mailbox } = this.#parts;
    const session = await sessions.load(submission.sessionCookie);
    const view: FormView = { theme: session?.data.theme ?? "system", token: tokens.issue(session) };

    const errors = checkContact(submission.values);
    if (Object.keys(errors).length > 0) {
      return { result: "invalid", errors, view };
    }
    if (submission.trapped) {
      return { result: "trapped", view };
    }
    const byToken = !submission.vouched && tokens.valid(session, submission.token);
    const confirmed = submission.vouched || byToken;

    const retrySeconds = await (confirmed ? limit : askLimit).take(submission.client);
    if (retrySeconds !== undefined) {
      return { result: "limited", retrySeconds, view };
    }
    if (!confirmed) {
      return this.#askAgain(view.theme, session);
    }
    const spend = byToken && session !== undefined ? sessions.spending(session) : undefined;
    const stored = await mailbox.put(submission.values, submission.requestId, spend);
    if (stored === "full") {
      return { result: "full", view };
    }
    // A concurrent request has used the token or changed the session: the visitor can confirm this form, too.
    if (stored === "spent") {
      return this.#askAgain(view.theme, await sessions.load(submission.sessionCookie));
    }
    return { result: "stored", cookie: await this.#useUp(session, submission.requestId) };
  }

  /** Puts a new form secret into a session with a new id. */
  async #askAgain(theme: Theme, session: Session | undefined): Promise<Outcome> {
    const { sessions, tokens } = this.#parts;
    const rotated = await sessions.rotate({ theme, form: tokens.newSecret() }, session);
    const view = { theme, token: tokens.issue(rotated.session) };
    return { result: "unconfirmed", cookie: { value: rotated.cookie }, view };
  }

  /** Removes the form secret, or the whole session if it holds nothing else. Failures are only logged: the message is stored. */
  async #useUp(session: Session | undefined, requestId: string): Promise<CookieChange | undefined> {
    if (session?.data.form === undefined) {
      return undefined;
    }
    const { sessions, log } = this.#parts;
    const data: SessionData = { theme: session.data.theme };
    try {
      if (data.theme !== "system") {
        return { value: (await sessions.rotate(data, session)).cookie };
      }
      await sessions.end(session);
      return "clear";
    } catch (error) {
      log.warn("a session could not be renewed after its form was stored", { requestId, ...errorFields(error) });
      return undefined;
    }
  }
}
