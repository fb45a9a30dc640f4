import type { MarkdownIt, StateCore, Token } from "markdown-it";
import { balanced, createToken, withLevels } from "./tokens.ts";

/** Tags that change how text looks, and what each becomes. */
const marks: Readonly<Record<string, string>> = {
  b: "strong",
  strong: "strong",
  i: "em",
  em: "em",
  cite: "em",
  s: "s",
  strike: "s",
  del: "s",
  u: "u",
  ins: "u",
  sub: "sub",
  sup: "sup",
  small: "small",
  mark: "mark",
  code: "code",
  kbd: "code",
  tt: "code",
};

/** Tags that begin a new line. */
const blocks = new Set(
  "address article aside blockquote center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr main nav p pre section table tbody tfoot thead tr".split(
    " ",
  ),
);

const lists = new Set(["ul", "ol", "menu", "dir"]);

/** Tags whose content is no text. */
const withoutText = new Set(
  "audio canvas embed head iframe math noscript object script select style svg template textarea title video".split(
    " ",
  ),
);

/** Tags that are removed. Others are no HTML: "List<String>" is a text. */
const removed = new Set(
  "a abbr acronym area base basefont bdi bdo big blink body button caption col colgroup data datalist details dialog font frame frameset html img input label legend li link map meta meter noframes optgroup option output param picture progress q rp rt ruby samp source span summary td th time track var wbr xml".split(
    " ",
  ),
);

const knownTags = new Set([...Object.keys(marks), ...blocks, ...lists, ...withoutText, ...removed, "br"]);

interface Tag {
  readonly name: string;
  readonly closes: boolean;
  readonly content: string;
}

/** Reads a token that markdown-it takes for HTML. Comments and the like have no name. */
function tagOf({ type, content }: Token): Tag | undefined {
  if (type !== "html_inline") {
    return undefined;
  }
  const [, slash = "", name = ""] = /^<(\/?)([a-z][a-z0-9-]*)/i.exec(content) ?? [];
  return { name: name.toLowerCase(), closes: slash !== "", content };
}

/** A rule of markdown-it: replaces the tags in all texts. A paragraph with blocks in it becomes several paragraphs and lists. */
export function readTags(state: StateCore): void {
  const tokens = state.tokens.flatMap((token, index, all) => {
    const isSplit = (at: number) => all[at - 1]?.type === "paragraph_open" && all[at]?.children?.some(isBlock) === true;
    if (isSplit(index + 1) || isSplit(index - 1)) {
      return [];
    }
    const { children } = token;
    if (children === null) {
      return [token];
    }
    const read = (line: readonly Token[]) => balanced(readInline(line, state.md));
    return isSplit(index)
      ? new Blocks((line) => createToken(token, { children: read(line) })).read(children)
      : [createToken(token, { children: read(children) })];
  });
  state.tokens = withLevels(tokens);
}

function isBlock(token: Token): boolean {
  const name = tagOf(token)?.name ?? "";
  return blocks.has(name) || lists.has(name) || name === "li";
}

/** Replaces tags within a line. Those of blocks are left out here. */
function readInline(children: readonly Token[], md: MarkdownIt): Token[] {
  let hidden: string | undefined;
  return children.flatMap((token, index) => {
    const tag = tagOf(token);
    if (hidden !== undefined) {
      hidden = tag?.closes === true && tag.name === hidden ? undefined : hidden;
      return [];
    }
    if (tag === undefined) {
      return [token];
    }
    const { name, closes, content } = tag;
    if (name !== "" && !knownTags.has(name)) {
      return [createToken(undefined, { type: "text", content })];
    }
    if (withoutText.has(name)) {
      const isClosed = children.slice(index + 1).some((other) => {
        const end = tagOf(other);
        return end?.name === name && end.closes;
      });
      hidden = !closes && isClosed ? name : undefined;
      return [];
    }
    return readMark(tag, md);
  });
}

function readMark({ name, closes, content }: Tag, md: MarkdownIt): Token[] {
  const nesting = closes ? -1 : 1;
  const end = closes ? "close" : "open";
  const mark = marks[name];
  if (mark !== undefined) {
    return [createToken(undefined, { type: `${mark}_${end}`, tag: mark, nesting })];
  }
  if (name === "br") {
    return [createToken(undefined, { type: "hardbreak", tag: "br" })];
  }
  if (name === "td" || name === "th") {
    return [createToken(undefined, { type: "text", content: " " })];
  }
  if (name !== "a") {
    return [];
  }
  const href = closes ? undefined : addressIn(content, md);
  if (!closes && href === undefined) {
    return [];
  }
  const attrs: [string, string][] | null = href === undefined ? null : [["href", href]];
  return [createToken(undefined, { type: `link_${end}`, tag: "a", nesting, attrs })];
}

/** The address of a link's tag, if it may be one. */
function addressIn(tag: string, md: MarkdownIt): string | undefined {
  const match = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))/i.exec(tag);
  const written = match?.[1] ?? match?.[2] ?? match?.[3];
  if (written === undefined) {
    return undefined;
  }
  const href = md.normalizeLink(md.utils.unescapeAll(written.trim()));
  return md.validateLink(href) && href !== "" ? href : undefined;
}

/** Builds paragraphs and lists of a text with tags of blocks in it. */
class Blocks {
  readonly #createLine: (children: readonly Token[]) => Token;
  readonly #blocks: Token[] = [];
  /** The lists that are open, and whether an item of theirs is. */
  readonly #lists: { readonly type: string; readonly tag: string; item: boolean }[] = [];
  #line: Token[] = [];

  constructor(createLine: (children: readonly Token[]) => Token) {
    this.#createLine = createLine;
  }

  read(children: readonly Token[]): Token[] {
    for (const token of children) {
      const { name = "", closes = false } = tagOf(token) ?? {};
      if (lists.has(name)) {
        this.#endLine();
        if (closes) {
          this.#endList();
        } else {
          this.#startList(name === "ol" ? "ol" : "ul");
        }
      } else if (name === "li") {
        this.#endLine();
        this.#endItem();
        if (!closes) {
          this.#startItem();
        }
      } else if (/^h[1-6]$/.test(name)) {
        this.#readHeading(closes);
      } else if (blocks.has(name)) {
        this.#endLine();
      } else {
        this.#line.push(token);
      }
    }
    this.#endLine();
    while (this.#lists.length > 0) {
      this.#endList();
    }
    return this.#blocks;
  }

  #readHeading(closes: boolean): void {
    if (!closes) {
      this.#endLine();
    }
    const [type, nesting] = closes ? (["strong_close", -1] as const) : (["strong_open", 1] as const);
    this.#line.push(createToken(undefined, { type, tag: "strong", nesting }));
    if (closes) {
      this.#endLine();
    }
  }

  #endLine(): void {
    const isSpace = ({ type, content }: Token) =>
      /^(soft|hard)break$/.test(type) || (type === "text" && content.trim() === "");
    const line = this.#line;
    const from = line.findIndex((token) => !isSpace(token));
    const children = from < 0 ? [] : line.slice(from, line.findLastIndex((token) => !isSpace(token)) + 1);
    this.#line = [];
    if (!children.some(({ type, content }) => (type === "text" || type === "code_inline") && content.trim() !== "")) {
      return;
    }
    if (this.#lists.at(-1)?.item === false) {
      this.#startItem();
    }
    this.#push("paragraph_open", "p", 1);
    this.#blocks.push(this.#createLine(children));
    this.#push("paragraph_close", "p", -1);
  }

  #startList(tag: "ul" | "ol"): void {
    if (this.#lists.at(-1)?.item === false) {
      this.#startItem();
    }
    const type = tag === "ol" ? "ordered_list" : "bullet_list";
    this.#lists.push({ type, tag, item: false });
    this.#push(`${type}_open`, tag, 1);
  }

  #endList(): void {
    this.#endItem();
    const list = this.#lists.pop();
    if (list === undefined) {
      return;
    }
    if (this.#blocks.at(-1)?.type === `${list.type}_open`) {
      this.#blocks.pop();
    } else {
      this.#push(`${list.type}_close`, list.tag, -1);
    }
  }

  #startItem(): void {
    if (this.#lists.length === 0) {
      this.#startList("ul");
    }
    this.#setItem(true);
    this.#push("list_item_open", "li", 1);
  }

  #endItem(): void {
    if (this.#lists.at(-1)?.item !== true) {
      return;
    }
    this.#setItem(false);
    if (this.#blocks.at(-1)?.type === "list_item_open") {
      this.#blocks.pop();
    } else {
      this.#push("list_item_close", "li", -1);
    }
  }

  #setItem(item: boolean): void {
    const list = this.#lists.at(-1);
    if (list !== undefined) {
      list.item = item;
    }
  }

  #push(type: string, tag: string, nesting: -1 | 1): void {
    this.#blocks.push(createToken(undefined, { type, tag, nesting, block: true }));
  }
}
