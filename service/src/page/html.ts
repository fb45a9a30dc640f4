import MarkdownIt from "markdown-it";
import type { Period } from "../resume/resume.ts";
import type { Locale } from "../words/locale.ts";
import { split, type Values, type WordKey, type Words } from "../words/words.ts";

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

export function link(url: string, text: string): Html {
  return html`<a href="${url}">${text}</a>`;
}

/** Returns a link, or the plain text where there is no address. */
export function maybeLink(url: string | undefined, text: string | undefined): Html {
  return url === undefined || text === undefined ? html`${text}` : link(url, text);
}

/** "https://example.com/" as "example.com". */
export function shortUrl(url: string): string {
  return url.replace(/^https?:\/\//, "").replace(/\/$/, "");
}

/** A text with HTML as its values: what is written is escaped. */
export function fillHtml<Key extends WordKey>(words: Words, key: Key, values: Values<Key, Html>): Html {
  return html`${split<Key, Html>(words, key, values)}`;
}

/** "2021-03" as "Mar 2021", readable for machines too. */
export function formatDate(locale: Locale, date: string): Html {
  return html`<time datetime="${date}">${locale.formatDate(date)}</time>`;
}

/** "Mar 2021 – today"; undefined when there is no date at all. */
export function formatPeriod(locale: Locale, { startDate, endDate, ongoing }: Period): Html | undefined {
  if (startDate === undefined) {
    return endDate === undefined ? undefined : formatDate(locale, endDate);
  }
  const start = formatDate(locale, startDate);
  if (endDate === undefined) {
    return ongoing ? html`${start} – ${locale.words.today}` : start;
  }
  return html`${start} – ${formatDate(locale, endDate)}`;
}

/**
 * Renders Markdown within the pages' Content-Security-Policy: HTML in the text is escaped, images are disabled, and
 * links lead to the web, mail or this site only.
 */
const markdown = new MarkdownIt({ html: false, typographer: false, linkify: false }).disable("image");

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

/** Renders Markdown; headings become deeper by the given number of levels. */
export function renderMarkdown(text: string, deeper = 0): Html {
  const tokens = markdown.parse(text, {});
  for (const token of tokens) {
    if (!token.type.startsWith("heading_")) {
      continue;
    }
    token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + deeper)}`;
  }
  return new Html(markdown.renderer.render(tokens, markdown.options, {}));
}

/** Splits a Markdown file at its second-level headings. Headings within quotes, lists and code don't count. */
export function splitSections(text: string): Sections {
  const lines = text.split("\n");
  const tokens = markdown.parse(text, {});
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
