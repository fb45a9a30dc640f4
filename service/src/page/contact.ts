import { type ContactErrors, type ContactField, type ContactValues, contactLimits } from "../contact/message.ts";
import type { Story } from "../resume/stories.ts";
import type { Locale, Phrase } from "../words/locale.ts";
import { fill, type WordKey, type Words } from "../words/words.ts";
import { renderContacts } from "./contacts.ts";
import { type Html, html } from "./html.ts";
import { renderPage, renderTitle, type SiteParts } from "./layout.ts";
import type { Theme } from "./theme.ts";

/** The state of the form. */
export interface ContactState {
  readonly values: ContactValues;
  /** Errors by field. */
  readonly errors: ContactErrors;
  /** A message about the form as a whole. */
  readonly notice?: ContactNotice;
  /** Proves with the session's cookie that the form came from this site. */
  readonly token?: string;
}

export interface ContactNotice {
  /** "confirm": one more step is needed. "problem": the form was not sent. */
  readonly kind: "confirm" | "problem";
  readonly title: WordKey;
  readonly text: Phrase;
}

/** The empty form, which is the same for everyone and therefore cacheable. */
export const emptyContact: ContactState = { values: { name: "", email: "", message: "" }, errors: {} };

interface Field {
  readonly name: ContactField;
  readonly label: WordKey;
  readonly hint: WordKey | undefined;
}

const formFields: readonly Field[] = [
  { name: "name", label: "yourName", hint: undefined },
  { name: "email", label: "yourEmail", hint: "yourEmailHint" },
  { name: "message", label: "message", hint: undefined },
];

/** The contact page: how to reach the person, and a form that works without a script. */
export function renderContact(site: SiteParts, story: Story, state: ContactState, theme: Theme): string {
  const { locale, resume } = site;
  const { words } = locale;
  const { name, label } = resume.basics;
  const title = story.title ?? words.contact;
  const titled = `${title} – ${name}`;
  const failed = state.notice?.kind === "problem" || Object.keys(state.errors).length > 0;
  const body = html`${renderTitle(title, story.intro)}
<div class="columns">
<main id="main">
${renderForm(site, state)}
</main>
<aside aria-label="${words.otherWays}">
<section aria-labelledby="direct-title">
<h2 id="direct-title">${words.directly}</h2>
${renderContacts(locale, resume.basics)}
</section>
</aside>
</div>`;
  return renderPage(site, {
    path: "/contact",
    kind: "website",
    title: failed ? fill(words, "notSentTitle", { title: titled }) : titled,
    description: fill(words, "contactDescription", { name: label === undefined ? name : `${name}, ${label}` }),
    theme,
    body,
  });
}

function renderForm({ locale, prefix }: SiteParts, { values, errors, notice, token }: ContactState): Html {
  const { words } = locale;
  const firstWrong = formFields.find(({ name }) => errors[name] !== undefined)?.name;
  return html`<section aria-labelledby="form-title">
<h2 id="form-title">${words.writeMessage}</h2>
${notice === undefined ? undefined : renderNotice(locale, notice)}
${firstWrong === undefined ? undefined : renderSummary(locale, errors)}
<form class="contact" method="post" action="${prefix}/contact">
${token === undefined ? undefined : html`<input type="hidden" name="token" value="${token}">`}
${formFields.map((field) =>
  renderField(words, field, {
    value: values[field.name],
    error: errors[field.name]?.(locale),
    focus: field.name === firstWrong,
  }),
)}
<p class="trap"><label for="subject-line">${words.leaveEmpty}</label><input id="subject-line" name="subject-line" tabindex="-1" autocomplete="off"></p>
<p><button class="send">${notice?.kind === "confirm" ? words.sendConfirmed : words.send}</button></p>
</form>
</section>`;
}

function renderNotice(locale: Locale, { kind, title, text }: ContactNotice): Html {
  return html`<div class="notice ${kind}" role="${kind === "problem" ? "alert" : "status"}">
<p><strong>${locale.words[title]}</strong></p>
<p>${text(locale)}</p>
</div>`;
}

function renderSummary(locale: Locale, errors: ContactErrors): Html {
  const items = formFields.flatMap(({ name }) => {
    const error = errors[name];
    return error === undefined ? [] : [html`<li><a href="#${name}">${error(locale)}</a></li>`];
  });
  return html`<div class="notice problem" role="alert">
<p><strong>${locale.words.notSentYet}</strong></p>
<ul>${items}</ul>
</div>`;
}

interface FieldState {
  readonly value: string;
  readonly error: string | undefined;
  readonly focus: boolean;
}

function renderField(words: Words, { name, label, hint }: Field, { value, error, focus }: FieldState): Html {
  const described = [hint === undefined ? [] : `${name}-hint`, error === undefined ? [] : `${name}-error`].flat();
  const attributes = html` id="${name}" name="${name}" required maxlength="${contactLimits[name].max}"${
    described.length === 0 ? undefined : html` aria-describedby="${described.join(" ")}"`
  }${error === undefined ? undefined : html` aria-invalid="true"`}${focus ? html` autofocus` : undefined}`;
  return html`<div class="field">
<label for="${name}">${words[label]}</label>
${hint === undefined ? undefined : html`<p class="hint" id="${name}-hint">${words[hint]}</p>`}
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
  const { words } = site.locale;
  const { name } = site.resume.basics;
  const body = html`<main id="main" class="problem">
<p class="problem-status">${words.sent}</p>
<h1>${words.thankYou}</h1>
<p>${fill(words, "thanksText", { name })}</p>
<p><a href="${site.prefix}/">${words.backToResume}</a></p>
</main>`;
  return renderPage(site, {
    path: undefined,
    kind: "website",
    title: `${words.thankYou} – ${name}`,
    description: fill(words, "thanksDescription", { name }),
    theme,
    body,
  });
}
