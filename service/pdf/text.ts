/** A piece of a line, as resume.typ takes it. */
export type Inline =
  | { readonly type: "text" | "code"; readonly text: string }
  | { readonly type: Mark; readonly nodes: readonly Inline[] }
  | { readonly type: "link"; readonly url: string; readonly nodes: readonly Inline[] }
  /** A chance is where a line may break within a word. */
  | { readonly type: "linebreak" | "chance" };

export type Mark = "strong" | "emphasis" | "strike" | "underline" | "sub" | "super";

/** A line of text with the direction that it is written in. */
export interface Line {
  readonly nodes: readonly Inline[];
  /** Null where no letter tells: the page's direction then. */
  readonly rtl: boolean | null;
}

/** Longer words may be wider than a line. */
const longWord = 45;

/**
 * A text as it is copied out: composed (NFC), because a base letter with a combining accent is copied out wrongly
 * otherwise, with letters in place of ligature characters, and without control characters and those that only say where a
 * word may break.
 */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .normalize("NFC")
    .replace(/[\uFB00-\uFB06]/g, (ligature) => ligature.normalize("NFKC"))
    .replace(/[^\S\u00A0\u202F\u3000]+/g, " ")
    .replace(/[\p{Cc}\u00AD\u200B\u2060\uFEFF]/gu, "");
}

/** A text that nothing in is marked up, with chances for a line break in words that may not fit into a line. */
export function plain(text: string): readonly Inline[] {
  return clean(text)
    .split(/(\S+)/)
    .flatMap((word) => (word.length <= longWord ? [word] : withChances(word)))
    .reduce<Inline[]>((nodes, part) => {
      const last = nodes.at(-1);
      if (part === chance) {
        nodes.push({ type: "chance" });
      } else if (last?.type === "text") {
        nodes[nodes.length - 1] = { type: "text", text: last.text + part };
      } else if (part !== "") {
        nodes.push({ type: "text", text: part });
      }
      return nodes;
    }, []);
}

const chance = "\n";

/** After the signs that part an address, else after each character. */
function withChances(word: string): readonly string[] {
  return word
    .split(/(?<=[/?&=._-])/)
    .flatMap((part) => (part.length <= longWord ? [part] : segments(part)))
    .flatMap((part, index) => (index === 0 ? [part] : [chance, part]));
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The characters as people count them: no accent is parted from its letter. */
function segments(text: string): readonly string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** Letters of scripts that are written from right to left, and of others. */
const strong = /(\p{Script=Arabic}|\p{Script=Hebrew}|\p{Script=Syriac}|\p{Script=Thaana}|\p{Script=Nko})|\p{L}/u;

/** Whether the first letter of a text is of a script that is written from right to left; null without a letter. */
export function isRtl(text: string): boolean | null {
  const match = strong.exec(text);
  return match === null ? null : match[1] !== undefined;
}

/** The text of nodes, without what they are marked up with. */
export function textOf(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => {
      if ("text" in node) {
        return node.text;
      }
      if ("nodes" in node) {
        return textOf(node.nodes);
      }
      return node.type === "linebreak" ? " " : "";
    })
    .join("");
}

export function line(nodes: readonly Inline[]): Line {
  return { nodes, rtl: isRtl(textOf(nodes)) };
}
