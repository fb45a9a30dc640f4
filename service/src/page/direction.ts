import { Html } from "./html.ts";

const blocks = "p|li|h[1-6]|dt|dd|th|td|figcaption|blockquote";
/** An element that holds a line or a paragraph, and no other one. */
const block = new RegExp(`<(${blocks})( [^<>]*)?>((?:[^<]|<(?!/?(?:${blocks}|ul|ol|div|pre)\\b))+)</\\1>`, "g");
/** A text between two tags, without the blanks around it. */
const piece = /(>\s*)([^<\s](?:[^<]*[^<\s])?)(?=\s*<)/g;

/** Marks that belong to a Latin word within a sentence: "C++", ".NET". */
const marks = /(?<=[A-Za-z])[+#]+(?![\p{L}\p{N}])|(?<![\p{L}\p{N}&])[.#@](?=[A-Za-z])/gu;
/** The left-to-right mark keeps them with the word. */
const markOrder = "\u200e$&\u200e";

const rightToLeft = /[\p{Script=Arab}\p{Script=Hebr}\p{Script=Syrc}\p{Script=Thaa}\p{Script=Nkoo}\p{Script=Adlm}]/u;

/**
 * Isolates what has only letters that are written from left to right, for a page that is written from right to left. Else the
 * marks at its ends would move to the other side: "Example Ltd.".
 */
export function isolateLeftToRight(body: Html): Html {
  return new Html(
    body.text.replace(block, (element: string, tag: string, attributes = "", content = "") =>
      isLeftToRight(content)
        ? `<${tag}${attributes}>${isolated(content)}</${tag}>`
        : element.replace(piece, (all, before: string, text: string) =>
            isLeftToRight(text) ? `${before}${isolated(text)}` : all.replace(marks, markOrder),
          ),
    ),
  );
}

function isolated(content: string): string {
  return `<bdi dir="ltr">${content}</bdi>`;
}

function isLeftToRight(content: string): boolean {
  const text = content.replace(/<[^>]*>|&[#\w]+;/g, " ");
  return /\p{L}/u.test(text) && !rightToLeft.test(text);
}
