import type { Period } from "../resume/resume.ts";
import type { Locale } from "../words/locale.ts";
import { split, type Values, type WordKey, type Words } from "../words/words.ts";
import { isOneParagraph, parseStory, parseText, renderTokens } from "./markdown.ts";
import { shortUrl } from "./short-url.ts";

/** Safe HTML, created by the html tag only. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | undefined | readonly Part[];

/** Creates HTML from a template. Texts are escaped, undefined is left out, lists are joined. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + render(parts[index - 1]) + string));
}

function render(part: Part): string {
  if (part === undefined) {
    return "";
  }
  if (part instanceof Html) {
    return part.text;
  }
  if (typeof part === "string" || typeof part === "number") {
    return escapeHtml(String(part));
  }
  return part.map(render).join("");
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}

/** A link. Where its text is not its address, paper shows the address, too. */
export function link(url: string, text: string): Html {
  const address = /^https?:/.test(url) && shortUrl(url) !== text ? html` data-address="${shortUrl(url)}"` : undefined;
  return html`<a href="${url}"${address}>${text}</a>`;
}

/** Returns a link, the plain text where there is no address, or a link that shows its address where there is no text. */
export function maybeLink(url: string | undefined, text: string | undefined): Html {
  return url === undefined ? html`${text}` : link(url, text ?? shortUrl(url));
}

/** A text with HTML as its values: what is written is escaped. */
export function fillHtml<Key extends WordKey>(words: Words, key: Key, values: Values<Key, Html>): Html {
  return html`${split<Key, Html>(words, key, values)}`;
}

/** "2021-03" as "Mar 2021", readable for machines too. */
export function formatDate(locale: Locale, date: string): Html {
  return html`<time datetime="${date}">${locale.formatDate(date)}</time>`;
}

/** "Mar 2021 – today"; a date alone where a period starts and ends on it; undefined when there is no date at all. */
export function formatPeriod(locale: Locale, { startDate, endDate, ongoing }: Period): Html | undefined {
  const dates = [startDate, endDate].filter((date) => date !== undefined);
  const same = startDate !== undefined && endDate !== undefined && sameText(locale, startDate, endDate);
  const ends = (same ? dates.slice(1) : dates).map((date) => formatDate(locale, date));
  const all = ongoing && endDate === undefined ? [...ends, html`${locale.words.today}`] : ends;
  return join(all, " – ");
}

function sameText({ formatDate: format }: Locale, ...[first, second]: readonly [string, string]): boolean {
  return format(first) === format(second);
}

/** Returns the parts with a separator between; undefined where there are none. */
export function join(parts: readonly Html[], separator: string): Html | undefined {
  return parts.length === 0
    ? undefined
    : html`${parts.map((part, index) => html`${index === 0 ? "" : separator}${part}`)}`;
}

/** A part of a Markdown file: its second-level heading, and the text below it. */
export interface Section {
  readonly heading: string;
  readonly text: string;
}

export interface Sections {
  /** The first-level heading at the top. */
  readonly title: string | undefined;
  /** The text before the first second-level heading. */
  readonly intro: string;
  readonly sections: readonly Section[];
}

/** Renders the Markdown of a story; headings become deeper by the given number of levels. */
export function renderMarkdown(text: string, deeper = 0): Html {
  const tokens = parseStory(text);
  for (const token of tokens) {
    if (token.type.startsWith("heading_")) {
      token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + deeper)}`;
    }
  }
  return new Html(renderTokens(tokens));
}

/** Renders a text of the résumé as blocks. */
export function renderText(text: string): Html {
  return new Html(renderTokens(parseText(text)));
}

/** Renders a text of the résumé that is inside of a paragraph or a list's item, in one line where it has one paragraph. */
export function renderInline(text: string): Html {
  const tokens = parseText(text);
  return new Html(renderTokens(isOneParagraph(tokens) ? tokens.slice(1, -1) : tokens).trim());
}

/** Splits a Markdown file at its second-level headings. Headings within quotes, lists and code don't count. */
export function splitSections(text: string): Sections {
  const lines = text.split("\n");
  const tokens = parseStory(text);
  const headings = tokens.flatMap(({ type, tag, level, map }, index) =>
    type === "heading_open" && level === 0 && map !== null
      ? [{ tag, from: map[0], to: map[1], text: tokens[index + 1]?.content.trim() ?? "" }]
      : [],
  );
  const [first] = headings;
  const title =
    first?.tag === "h1" && lines.slice(0, first.from).every((line) => line.trim() === "") ? first : undefined;
  const cuts = headings.filter(({ tag }) => tag === "h2");
  const between = (from: number, to: number | undefined) => lines.slice(from, to).join("\n").trim();
  return {
    title: title?.text,
    intro: between(title?.to ?? 0, cuts[0]?.from),
    sections: cuts.map(({ to, text: heading }, index) => ({ heading, text: between(to, cuts[index + 1]?.from) })),
  };
}
