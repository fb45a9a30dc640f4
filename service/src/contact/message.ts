import { type Phrase, phrase } from "../words/locale.ts";

/** What a visitor writes with the contact form. */
export interface ContactValues {
  readonly name: string;
  readonly email: string;
  /** Lines end with a line feed. */
  readonly message: string;
}

export type ContactField = keyof ContactValues;

export type ContactErrors = Readonly<Partial<Record<ContactField, Phrase>>>;

/** Lengths in characters, as browsers count them for maxlength. */
export const contactLimits: Readonly<Record<ContactField, { readonly max: number }>> = {
  name: { max: 100 },
  email: { max: 254 },
  message: { max: 5000 },
};

/** One @, text on both sides, a dot in the domain, and no character that could start another header or address. */
const emailShape = /^[^\s@<>"(),:;\\[\]]+@[^\s@<>"(),:;\\[\]]+\.[^\s@<>"(),:;\\[\].]{2,}$/;

/** Control characters, those of text direction included. A terminal would obey them. */
const controlCharacters = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Reads the fields of a form: trims them, normalizes line ends, removes control characters. */
export function readContact(form: URLSearchParams): ContactValues {
  const line = (name: ContactField): string =>
    (form.get(name) ?? "").replace(/\s+/g, " ").replace(controlCharacters, "").trim();
  const lines = (form.get("message") ?? "")
    .replace(/\r\n?/g, "\n")
    .split("\n")
    .map((text) => text.replaceAll("\t", "  ").replace(controlCharacters, "").trimEnd());
  return { name: line("name"), email: line("email"), message: lines.join("\n").trim() };
}

/** Returns the errors of a message by field; an empty object when it is valid. */
export function checkContact(values: ContactValues): ContactErrors {
  return {
    ...problem("name", nameProblem(values.name)),
    ...problem("email", emailProblem(values.email)),
    ...problem("message", messageProblem(values.message)),
  };
}

function problem(field: ContactField, text: Phrase | undefined): ContactErrors {
  return text === undefined ? {} : { [field]: text };
}

function nameProblem(name: string): Phrase | undefined {
  if (name === "") {
    return phrase("nameMissing", {});
  }
  const { max } = contactLimits.name;
  return name.length > max ? phrase("nameTooLong", { max, length: name.length }) : undefined;
}

function emailProblem(email: string): Phrase | undefined {
  if (email === "") {
    return phrase("emailMissing", {});
  }
  if (email.length > contactLimits.email.max || !emailShape.test(email)) {
    return phrase("emailInvalid", { example: "name@example.com" });
  }
  return undefined;
}

function messageProblem(message: string): Phrase | undefined {
  if (message === "") {
    return phrase("messageMissing", {});
  }
  const { max } = contactLimits.message;
  return message.length > max ? phrase("messageTooLong", { max, length: message.length }) : undefined;
}
