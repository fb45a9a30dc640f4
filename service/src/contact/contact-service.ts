import { errorFields, type Log } from "../log.ts";
import type { Theme } from "../page/theme.ts";
import type { RateLimit } from "../store/rate-limit.ts";
import type { Session, SessionData, Sessions } from "../store/sessions.ts";
import type { Mailbox } from "./mailbox.ts";
import { type ContactErrors, type ContactValues, checkContact } from "./message.ts";
import type { FormTokens } from "./tokens.ts";

/** A contact form as it was sent. */
export interface Submission {
  readonly values: ContactValues;
  /** Whether the field that people don't see was filled in. */
  readonly trapped: boolean;
  readonly token: string | null;
  /** Whether the browser vouches that it was this site's form. */
  readonly vouched: boolean;
  readonly sessionCookie: string | undefined;
  readonly client: string;
  readonly requestId: string;
}

/** What becomes of the visitor's cookie: another value, or none any more. */
export type CookieChange = { readonly value: string } | "clear";

export type Outcome =
  | { readonly result: "stored"; readonly cookie: CookieChange | undefined }
  | { readonly result: "invalid"; readonly errors: ContactErrors; readonly view: FormView }
  | { readonly result: "trapped" | "full"; readonly view: FormView }
  | { readonly result: "limited"; readonly retrySeconds: number; readonly view: FormView }
  | { readonly result: "unconfirmed"; readonly cookie: CookieChange; readonly view: FormView };

/** What the form needs that is shown again. */
export interface FormView {
  readonly theme: Theme;
  readonly token: string | undefined;
}

export interface ContactServiceParts {
  readonly sessions: Sessions;
  readonly tokens: FormTokens;
  /** Messages of a client. */
  readonly limit: RateLimit;
  /** Forms that a client was asked to confirm: each has a session, which the store must have room for. */
  readonly askLimit: RateLimit;
  readonly mailbox: Mailbox;
  readonly log: Log;
}

/**
 * Takes contact forms in. The page with the form is the same for everyone, so that caches keep it: it can't hold a
 * token. A form is taken when the browser vouches that it was ours (no session needed then), or when it holds the token
 * of the visitor's session. Any other is shown once more, with a session and its token, for the visitor to confirm;
 * another site's page can have a form sent, but neither read that answer nor confirm it. It works without a script.
 */
export class ContactService {
  readonly #parts: ContactServiceParts;

  constructor(parts: ContactServiceParts) {
    this.#parts = parts;
  }

  get sessionTtlSeconds(): number {
    return this.#parts.sessions.ttlSeconds;
  }

  /** @throws {StoreUnavailable} */
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
    // Another request has used the token meanwhile, or changed the session: the visitor may confirm this one, too.
    if (stored === "spent") {
      return this.#askAgain(view.theme, await sessions.load(submission.sessionCookie));
    }
    return { result: "stored", cookie: await this.#useUp(session, submission.requestId) };
  }

  /** The right to send the form comes with a new session id. */
  async #askAgain(theme: Theme, session: Session | undefined): Promise<Outcome> {
    const { sessions, tokens } = this.#parts;
    const rotated = await sessions.rotate({ theme, form: tokens.newSecret() }, session);
    const view = { theme, token: tokens.issue(rotated.session) };
    return { result: "unconfirmed", cookie: { value: rotated.cookie }, view };
  }

  /** The right is used up: the session goes on without it, or ends when it holds nothing else. The message is stored, whatever happens here. */
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
