import type { Token } from "markdown-it";
import { parseText } from "../src/page/markdown.ts";
import { type Inline, isRtl, type Mark, plain, textOf } from "./text.ts";

/** A block of text, as resume.typ takes it. */
export type Block =
  | { readonly type: "paragraph"; readonly nodes: readonly Inline[]; readonly rtl: boolean | null }
  | { readonly type: "list"; readonly items: readonly ListItem[]; readonly rtl: boolean | null }
  | {
      readonly type: "enumeration";
      readonly start: number;
      readonly items: readonly ListItem[];
      readonly rtl: boolean | null;
    }
  | { readonly type: "quote"; readonly blocks: readonly Block[] }
  | { readonly type: "code"; readonly lines: readonly (readonly Inline[])[] };

export interface ListItem {
  readonly blocks: readonly Block[];
  /** Whether it is short enough to stay on one page. */
  readonly whole: boolean;
}

/** About three lines: a page that ends before them is still full. */
const mostWhole = 330;

/** Markdown as an item of a list. */
export function listItem(text: string): ListItem {
  return { blocks: blocksOf(text), whole: text.length <= mostWhole };
}

/** Markdown as blocks, the same as on the pages. Nothing in it is code or a file's name. */
export function blocksOf(text: string): readonly Block[] {
  const tokens = parseText(text);
  return readBlocks(tokens, 0, tokens.length);
}

/** The blocks of the tokens from the one index up to the other. */
function readBlocks(tokens: readonly Token[], from: number, to: number): readonly Block[] {
  const blocks: Block[] = [];
  for (let index = from; index < to; index += 1) {
    const token = tokens[index];
    if (token === undefined) {
      break;
    }
    const end = token.nesting === 1 ? endOf(tokens, index) : index;
    blocks.push(...readBlock(tokens, index, end));
    index = end;
  }
  return blocks;
}

/** What is nested deeper is not nested any more: Typst has limits. */
const deepest = 12;

function readBlock(tokens: readonly Token[], index: number, end: number): readonly Block[] {
  const token = tokens[index];
  const isTooDeep = (token?.level ?? 0) > deepest && token?.type !== "paragraph_open";
  switch (isTooDeep ? undefined : token?.type) {
    case "paragraph_open": {
      const nodes = readInline(tokens[index + 1]?.children ?? []);
      return nodes.length === 0 ? [] : [paragraph(nodes)];
    }
    case "bullet_list_open":
    case "ordered_list_open": {
      const items = readItems(tokens, index + 1, end);
      const rtl =
        items.flatMap(({ blocks }) => blocks).flatMap((block) => ("rtl" in block ? [block.rtl] : []))[0] ?? null;
      return token?.type === "bullet_list_open"
        ? [{ type: "list", items, rtl }]
        : [{ type: "enumeration", start: Number(token?.attrGet("start") ?? 1), items, rtl }];
    }
    case "blockquote_open":
      return [{ type: "quote", blocks: readBlocks(tokens, index + 1, end) }];
    case "code_block":
    case "fence":
      return [{ type: "code", lines: (token?.content ?? "").trimEnd().split("\n").map(codeLine) }];
    case "tr_open": {
      const cells = tokens
        .slice(index, end)
        .flatMap(({ children }) => (children === null ? [] : [readInline(children)]));
      return [paragraph(cells.flatMap((nodes, cell) => [...(cell === 0 ? [] : plain(" · ")), ...nodes]))];
    }
    default:
      return readBlocks(tokens, index + 1, end);
  }
}

function readItems(tokens: readonly Token[], from: number, to: number): readonly ListItem[] {
  const items: ListItem[] = [];
  for (let index = from; index < to; index += 1) {
    const end = endOf(tokens, index);
    const length = tokens.slice(index, end).reduce((sum, { content }) => sum + content.length, 0);
    items.push({ blocks: readBlocks(tokens, index + 1, end), whole: length <= mostWhole });
    index = end;
  }
  return items;
}

/** The index of the token that closes the one at the index. */
function endOf(tokens: readonly Token[], index: number): number {
  const level = tokens[index]?.level;
  const end = tokens.findIndex((token, at) => at > index && token.nesting === -1 && token.level === level);
  return end < 0 ? tokens.length : end;
}

const marks: Readonly<Record<string, Mark>> = {
  strong_open: "strong",
  em_open: "emphasis",
  s_open: "strike",
  u_open: "underline",
  sub_open: "sub",
  sup_open: "super",
};

function readInline(tokens: readonly Token[]): readonly Inline[] {
  const nodes: Inline[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined) {
      break;
    }
    if (token.nesting === 1) {
      const end = endOf(tokens, index);
      const inner = readInline(tokens.slice(index + 1, end));
      const mark = token.level > deepest ? undefined : marks[token.type];
      nodes.push(
        ...(mark === undefined ? linked(String(token.attrGet("href") ?? ""), inner) : [{ type: mark, nodes: inner }]),
      );
      index = end;
    } else if (token.type === "code_inline") {
      nodes.push(...codeLine(token.content));
    } else if (token.type === "hardbreak") {
      nodes.push({ type: "linebreak" });
    } else if (token.type === "text") {
      nodes.push(...plain(token.content));
    }
  }
  return nodes;
}

/** Typst refuses an address that is longer. */
const longestUrl = 8000;

/** A link, or the nodes alone where paper and a reader of PDF have nothing that the address leads to. */
export function linked(url: string | undefined, nodes: readonly Inline[]): readonly Inline[] {
  const leads = url !== undefined && /^(https?|mailto|tel):./i.test(url) && url.length < longestUrl;
  return leads && nodes.length > 0 ? [{ type: "link", url, nodes }] : nodes;
}

function codeLine(text: string): readonly Inline[] {
  return plain(text.replaceAll(" ", "\u00A0")).map((node) =>
    node.type === "text" ? { type: "code", text: node.text.replaceAll("\u00A0", " ") } : node,
  );
}

export function paragraph(nodes: readonly Inline[]): Block {
  return { type: "paragraph", nodes, rtl: isRtl(textOf(nodes)) };
}
