import MarkdownIt, { type Token } from "markdown-it";
import { readTags } from "./html-tags.ts";
import { shortUrl } from "./short-url.ts";
import { createToken } from "./tokens.ts";

/**
 * Markdown, with the HTML tags that people paste. Tags become tokens of Markdown or nothing: no text of the owner's gets to
 * a page as HTML. Images are disabled, and links lead to the web, mail or this site only.
 */
const markdown = new MarkdownIt({ html: true, typographer: false, linkify: false })
  .disable("image")
  // Blocks of HTML are paragraphs with tags in them, so that one rule reads all tags.
  .disable("html_block");
markdown.core.ruler.after("inline", "html_tags", readTags);
markdown.renderer.rules.html_inline = () => "";
markdown.renderer.rules.link_open = (tokens, index, options, _env, renderer) => {
  const url = String(tokens[index]?.attrGet("href") ?? "");
  if (/^https?:/.test(url) && tokens[index]?.info !== "auto") {
    tokens[index]?.attrSet("data-address", shortUrl(url));
  }
  return renderer.renderToken(tokens, index, options);
};
// Code that is too wide scrolls, by keyboard too.
for (const rule of ["fence", "code_block"]) {
  const render = markdown.renderer.rules[rule];
  markdown.renderer.rules[rule] = (...args) => render?.(...args).replace(/^<pre>/, '<pre tabindex="0">') ?? "";
}

/** The Markdown of a story, as tokens. */
export function parseStory(text: string): Token[] {
  return markdown.parse(text, {});
}

/** Bullets that come with a text from elsewhere. */
const pastedBullet = /^([ \t]*)[•‣◦▪●∙·][ \t]*/gm;

/** A highlight without a bullet that is written before it, which is one too many. */
export function withoutBullet(highlight: string): string {
  return highlight.replace(/^\s*[-*•‣◦▪●∙·]\s+(?!.*\n)/, "");
}

/**
 * A text of the résumé as tokens: Markdown in which line breaks are kept, and headings are bold paragraphs, since the text
 * can be on any level of a page.
 */
export function parseText(text: string): Token[] {
  const tokens = markdown.parse(text.replace(pastedBullet, "$1- "), {});
  return tokens.map((token, index) => {
    const { type, children } = token;
    if (type === "heading_open" || type === "heading_close") {
      return createToken(token, { type: type.replace("heading", "paragraph"), tag: "p" });
    }
    if (type !== "inline" || children === null) {
      return token;
    }
    const kept = children.map((child) =>
      child.type === "softbreak" ? createToken(child, { type: "hardbreak", tag: "br" }) : child,
    );
    const isHeading = tokens[index - 1]?.type === "heading_open";
    return createToken(token, { children: isHeading ? strong(kept) : kept });
  });
}

function strong(children: readonly Token[]): Token[] {
  const tag = "strong";
  return [
    createToken(undefined, { type: "strong_open", tag, nesting: 1 }),
    ...children,
    createToken(undefined, { type: "strong_close", tag, nesting: -1 }),
  ];
}

export function isOneParagraph(tokens: readonly Token[]): boolean {
  return tokens.length === 3 && tokens[0]?.type === "paragraph_open";
}

export function renderTokens(tokens: Token[]): string {
  return markdown.renderer.render(tokens, markdown.options, {});
}

/** A text of the résumé without its markup, in one line. */
export function plainText(text: string): string {
  const texts = parseText(text).map(({ children }) =>
    markdown.renderer.renderInlineAsText(children ?? [], markdown.options, {}),
  );
  return texts.join(" ").replace(/\s+/g, " ").trim();
}
