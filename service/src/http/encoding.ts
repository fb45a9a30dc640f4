/** The encodings of prepared documents, best first. */
export const allEncodings = ["br", "gzip", "identity"] as const;

export type Encoding = (typeof allEncodings)[number];

/** Results are cached for this many headers. Browsers send few different ones, so most requests parse nothing. */
const maxRemembered = 64;
const remembered = new Map<string, Encoding>();

/**
 * Chooses the encoding for an Accept-Encoding header (RFC 9110, 12.5.3): by the client's weights, then by our order. Not
 * Koa's ctx.acceptsEncodings, which takes equal weights in the client's order and so sends gzip to every browser.
 */
export function chooseEncoding(header: string | undefined): Encoding {
  if (header === undefined) {
    return "identity";
  }
  const known = remembered.get(header);
  if (known !== undefined) {
    return known;
  }
  const chosen = negotiate(header);
  if (remembered.size < maxRemembered) {
    remembered.set(header, chosen);
  }
  return chosen;
}

function negotiate(header: string): Encoding {
  const weights = new Map<string, number>();
  for (const part of header.toLowerCase().split(",")) {
    const [name = "", ...parameters] = part.split(";").map((piece) => piece.trim());
    if (name !== "") {
      weights.set(name, weightOf(parameters));
    }
  }
  const wildcard = weights.get("*");
  const weight = (encoding: Encoding): number => weights.get(encoding) ?? wildcard ?? 0;

  let best: Encoding = "identity";
  let bestWeight = weights.get("identity") ?? 0;
  for (const encoding of ["gzip", "br"] as const) {
    const own = weight(encoding);
    if (own > 0 && own >= bestWeight) {
      best = encoding;
      bestWeight = own;
    }
  }
  return best;
}

function weightOf(parameters: readonly string[]): number {
  const quality = parameters.find((parameter) => parameter.startsWith("q="));
  if (quality === undefined) {
    return 1;
  }
  const weight = Number(quality.slice(2));
  return weight >= 0 && weight <= 1 ? weight : 0;
}
