import type { ContactService, CookieChange, FormView, Outcome } from "../contact/contact-service.ts";
import { readContact } from "../contact/message.ts";
import type { Context, Handler } from "../context.ts";
import { formOrigin, readForm } from "../http/form.ts";
import { HttpProblem } from "../http/problem.ts";
import { clearSessionCookie, setSessionCookie } from "../http/session-cookie.ts";
import { errorFields, type Log } from "../log.ts";
import type { MessageResult } from "../metrics/catalogue.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { ContactNotice, ContactState } from "../page/contact.ts";
import { htmlHeaders } from "../page/layout.ts";
import type { LocalizedSite } from "../site.ts";
import { sessionCookie } from "../store/sessions.ts";
import { StoreUnavailable } from "../store/store.ts";
import { phrase } from "../words/locale.ts";

/** Room for 5,000 characters of three bytes, percent-encoded, and the other fields. */
const maxFormBytes = 60 * 1024;
const retrySeconds = 5;
/** A full mailbox is emptied by hand. */
const fullRetrySeconds = 3600;

export interface ContactParts {
  /** Undefined when the service runs without Redis. */
  readonly contactService: ContactService | undefined;
  readonly site: Pick<LocalizedSite, "prefix" | "renderContact">;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Handles the contact form. When the message is not stored, the visitor gets the form back as filled in. */
export function contactHandler({ contactService, site, metrics, log }: ContactParts): Handler {
  const count = (result: MessageResult): void => metrics.messages.inc({ result });

  return async (ctx) => {
    ctx.set("Cache-Control", "no-store");
    const origin = formOrigin(ctx);
    if (origin === "foreign") {
      count("foreign");
      throw new HttpProblem(403, phrase("foreignForm", {}));
    }
    const form = await readForm(ctx, maxFormBytes);
    const values = readContact(form);
    const again = ({ status, view, ...state }: Reply): void => {
      const token = view.token === undefined ? {} : { token: view.token };
      ctx.status = status;
      ctx.set(htmlHeaders);
      ctx.body = site.renderContact({ values, errors: {}, ...token, ...state }, view.theme);
    };

    try {
      if (contactService === undefined) {
        throw new StoreUnavailable("this replica runs without Redis");
      }
      const outcome = await contactService.submit({
        values,
        trapped: (form.get("subject-line") ?? "") !== "",
        token: form.get("token"),
        vouched: origin === "own",
        sessionCookie: ctx.cookies.get(sessionCookie),
        client: ctx.ip,
        requestId: ctx.state.requestId,
      });
      count(outcome.result);
      if (outcome.result === "full") {
        log.error("the mailbox is full: a message was refused", { requestId: ctx.state.requestId });
        ctx.set("Retry-After", String(fullRetrySeconds));
      }
      if ("cookie" in outcome) {
        changeCookie(ctx, outcome.cookie, contactService.sessionTtlSeconds);
      }
      if (outcome.result === "limited") {
        ctx.set("Retry-After", String(outcome.retrySeconds));
      }
      if (outcome.result !== "stored") {
        return again(replyTo(outcome));
      }
      ctx.status = 303;
      ctx.set("Location", `${site.prefix}/contact/thanks`);
      ctx.body = "";
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) {
        throw error;
      }
      count("unavailable");
      log.warn("a message could not be stored", { requestId: ctx.state.requestId, ...errorFields(error) });
      ctx.set("Retry-After", String(retrySeconds));
      // The session can't be read now. The submitted token is valid again when the store is back.
      again({
        status: 503,
        view: { theme: "system", token: form.get("token") ?? undefined },
        notice: unavailableNotice,
      });
    }
  };
}

function changeCookie(ctx: Context, change: CookieChange | undefined, ttlSeconds: number): void {
  if (change === "clear") {
    clearSessionCookie(ctx);
  } else if (change !== undefined) {
    setSessionCookie(ctx, change.value, ttlSeconds);
  }
}

/** A response that shows the form again. */
interface Reply extends Partial<Pick<ContactState, "errors" | "notice">> {
  readonly status: number;
  readonly view: FormView;
}

function replyTo(outcome: Exclude<Outcome, { result: "stored" }>): Reply {
  const { view } = outcome;
  switch (outcome.result) {
    case "invalid":
      return { status: 422, view, errors: outcome.errors };
    case "trapped":
      return { status: 422, view, notice: trappedNotice };
    case "unconfirmed":
      return { status: 200, view, notice: confirmNotice };
    case "limited":
      return { status: 429, view, notice: limited(outcome.retrySeconds) };
    case "full":
      return { status: 503, view, notice: fullNotice };
  }
}

const confirmNotice: ContactNotice = {
  kind: "confirm",
  title: "confirmTitle",
  text: phrase("confirmText", {}),
};

const trappedNotice: ContactNotice = {
  kind: "problem",
  title: "notSentYet",
  text: phrase("trappedText", {}),
};

const unavailableNotice: ContactNotice = {
  kind: "problem",
  title: "notSent",
  text: phrase("unavailableText", {}),
};

const fullNotice: ContactNotice = {
  kind: "problem",
  title: "notSent",
  text: phrase("mailboxFullText", {}),
};

function limited(retrySeconds: number): ContactNotice {
  const minutes = Math.ceil(retrySeconds / 60);
  return {
    kind: "problem",
    title: "notSent",
    text: (locale) => phrase("limitedText", { when: locale.inMinutes(minutes) })(locale),
  };
}
