/** An extension at the end: "ext. 12", "x12", "#12", ";ext=12". German "-12" is a part of the number. */
const extension =
  /[\s,;]*(?:\b(?:ext(?:ension|n)?\b|durchwahl|poste|int(?:erno)?)[.:=]?|(?<=\d\s*)x|#)\s*(\d{1,7})\s*$/iu;

/** E.164 allows 15 digits. More are two numbers, and fewer than three are none. */
const [fewestDigits, mostDigits] = [3, 15];

/** The link to a telephone number (RFC 3966); undefined where a text holds no number, or more than one. */
export function phoneUrl(text: string): string | undefined {
  const written = text.normalize("NFKC");
  const [end, inner] = extension.exec(written) ?? [""];
  const number = written
    .slice(0, written.length - end.length)
    // A label before it, such as "Tel.:".
    .replace(/^[^\d+(]*/, "")
    // The national prefix, which is not dialled after the country's code.
    .replace(/(\+[\d\s-]*)\(0\)/, "$1");
  const digits = number.replace(/\D/g, "");
  const isNumber =
    /^\+?[\d\s().\-/\u2010-\u2015\u202a-\u202e\u2066-\u2069]+$/u.test(number.trim()) &&
    digits.length >= fewestDigits &&
    digits.length <= mostDigits;
  if (!isNumber) {
    return undefined;
  }
  return `tel:${number.startsWith("+") ? "+" : ""}${digits}${inner === undefined ? "" : `;ext=${inner}`}`;
}
