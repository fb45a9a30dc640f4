import MarkdownIt, { type Token } from "markdown-it";

type Fields = Partial<Pick<Token, "type" | "tag" | "nesting" | "attrs" | "children" | "content" | "block">>;

/** A copy of a token, or a new one, with the given fields. */
export function createToken(source: Token | undefined, fields: Fields): Token {
  return Object.assign(new MarkdownIt.Token("", "", 0), source, fields);
}

/**
 * Tokens in which each that opens something has its end, in order. An end without a start is left out, and what is open at
 * the end of the text ends there.
 */
export function balanced(tokens: readonly Token[]): Token[] {
  const open: Token[] = [];
  const close = (token: Token) =>
    createToken(undefined, { type: token.type.replace("_open", "_close"), tag: token.tag, nesting: -1 });
  const result = tokens.flatMap((token) => {
    if (token.nesting === 1) {
      open.push(token);
      return [token];
    }
    if (token.nesting === 0) {
      return [token];
    }
    const start = open.findLastIndex(({ tag }) => tag === token.tag);
    return start < 0 ? [] : open.splice(start).reverse().map(close);
  });
  return withLevels([...result, ...open.reverse().map(close)]);
}

/** Sets how deep each token is. */
export function withLevels(tokens: Token[]): Token[] {
  let level = 0;
  for (const token of tokens) {
    level -= token.nesting === -1 ? 1 : 0;
    token.level = level;
    level += token.nesting === 1 ? 1 : 0;
  }
  return tokens;
}
