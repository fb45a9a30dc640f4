import { type ContactField, type ContactValues, contactLimits } from "../contact/message.ts";
import type { Story } from "../resume/stories.ts";
import { type Html, html } from "./html.ts";
import { renderContacts } from "./items.ts";
import { renderPage, renderTitle, type SiteParts } from "./layout.ts";
import type { Theme } from "./theme.ts";

/** The state of the form. */
export interface ContactState {
  readonly values: ContactValues;
  /** Errors by field. */
  readonly errors: Readonly<Partial<Record<ContactField, string>>>;
  /** A message about the form as a whole. */
  readonly notice?: ContactNotice;
  /** Proves with the session's cookie that the form came from this site. */
  readonly token?: string;
}

export interface ContactNotice {
  /** "confirm": one more step is needed. "problem": the form was not sent. */
  readonly kind: "confirm" | "problem";
  readonly title: string;
  readonly text: string;
}

/** The empty form, which is the same for everyone and therefore cacheable. */
export const emptyContact: ContactState = { values: { name: "", email: "", message: "" }, errors: {} };

interface Field {
  readonly name: ContactField;
  readonly label: string;
  readonly hint: string | undefined;
}

const formFields: readonly Field[] = [
  { name: "name", label: "Your name", hint: undefined },
  { name: "email", label: "Your e-mail address", hint: "For the answer, and for nothing else." },
  { name: "message", label: "Message", hint: undefined },
];

/** The contact page: how to reach the person, and a form that works without a script. */
export function renderContact(site: SiteParts, story: Story, state: ContactState, theme: Theme): string {
  const { basics } = site.resume;
  const title = story.title ?? "Contact";
  const failed = state.notice?.kind === "problem" || Object.keys(state.errors).length > 0;
  const body = html`${renderTitle(title, story.intro)}
<div class="columns">
<main id="main">
${renderForm(state)}
</main>
<aside aria-label="Other ways">
<section aria-labelledby="direct-title">
<h2 id="direct-title">Directly</h2>
${renderContacts(basics)}
</section>
</aside>
</div>`;
  return renderPage(site, {
    path: "/contact",
    kind: "website",
    title: `${failed ? "Not sent: " : ""}${title} – ${basics.name}`,
    description: `How to reach ${basics.name}${basics.label === undefined ? "" : `, ${basics.label}`}: a form, and addresses.`,
    theme,
    body,
  });
}

function renderForm({ values, errors, notice, token }: ContactState): Html {
  const firstWrong = formFields.find(({ name }) => errors[name] !== undefined)?.name;
  return html`<section aria-labelledby="form-title">
<h2 id="form-title">Write a message</h2>
${notice === undefined ? undefined : renderNotice(notice)}
${firstWrong === undefined ? undefined : renderSummary(errors)}
<form class="contact" method="post" action="/contact">
${token === undefined ? undefined : html`<input type="hidden" name="token" value="${token}">`}
${formFields.map((field) => renderField(field, values[field.name], errors[field.name], field.name === firstWrong))}
<p class="trap"><label for="subject-line">Leave this field empty</label><input id="subject-line" name="subject-line" tabindex="-1" autocomplete="off"></p>
<p><button class="send">${notice?.kind === "confirm" ? "Yes, send it" : "Send"}</button></p>
</form>
</section>`;
}

function renderNotice({ kind, title, text }: ContactNotice): Html {
  return html`<div class="notice ${kind}" role="${kind === "problem" ? "alert" : "status"}">
<p><strong>${title}</strong></p>
<p>${text}</p>
</div>`;
}

function renderSummary(errors: ContactState["errors"]): Html {
  const items = formFields.flatMap(({ name }) => {
    const error = errors[name];
    return error === undefined ? [] : [html`<li><a href="#${name}">${error}</a></li>`];
  });
  return html`<div class="notice problem" role="alert">
<p><strong>Your message was not sent yet.</strong></p>
<ul>${items}</ul>
</div>`;
}

function renderField({ name, label, hint }: Field, value: string, error: string | undefined, focus: boolean): Html {
  const described = [hint === undefined ? [] : `${name}-hint`, error === undefined ? [] : `${name}-error`].flat();
  const attributes = html` id="${name}" name="${name}" required maxlength="${contactLimits[name].max}"${
    described.length === 0 ? undefined : html` aria-describedby="${described.join(" ")}"`
  }${error === undefined ? undefined : html` aria-invalid="true"`}${focus ? html` autofocus` : undefined}`;
  return html`<div class="field">
<label for="${name}">${label}</label>
${hint === undefined ? undefined : html`<p class="hint" id="${name}-hint">${hint}</p>`}
${error === undefined ? undefined : html`<p class="error" id="${name}-error">${error}</p>`}
${renderInput(name, attributes, value)}
</div>
`;
}

function renderInput(name: ContactField, attributes: Html, value: string): Html {
  switch (name) {
    case "name":
      return html`<input${attributes} autocomplete="name" value="${value}">`;
    case "email":
      return html`<input${attributes} type="email" autocomplete="email" value="${value}">`;
    case "message":
      // HTML ignores a line feed right after the tag.
      return html`<textarea${attributes} rows="9">
${value}</textarea>`;
  }
}

/** The page after a stored message. */
export function renderThanks(site: SiteParts, theme: Theme): string {
  const { name } = site.resume.basics;
  const body = html`<main id="main" class="problem">
<p class="problem-status">Sent</p>
<h1>Thank you</h1>
<p>Your message is stored and waits for ${name}. The answer comes by e-mail.</p>
<p><a href="/">Back to the résumé</a></p>
</main>`;
  return renderPage(site, {
    path: undefined,
    kind: "website",
    title: `Thank you – ${name}`,
    description: `A message to ${name} was sent.`,
    theme,
    body,
  });
}
