import MarkdownIt from "markdown-it";
import { Html } from "./html.ts";

/**
 * Markdown as HTML that the pages' policy allows: HTML in the text stays text, links lead to the web, to mail or to this
 * site only, and there are no images.
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
  /** What stands before the first second-level heading. */
  readonly intro: string;
  readonly sections: readonly Section[];
}

/** Renders Markdown; headings become deeper by the given number of levels. */
export function renderMarkdown(text: string, deeper = 0): Html {
  const tokens = markdown.parse(text, {});
  for (const token of tokens) {
    if (!token.type.startsWith("heading_")) continue;
    token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + deeper)}`;
  }
  return new Html(markdown.renderer.render(tokens, markdown.options, {}));
}

/** Takes a Markdown file apart at its second-level headings; headings within quotes, lists and code don't count. */
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
