/** The bytes from first to last, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

const singleRange = /^bytes[ \t]*=[ \t]*(\d*)-(\d*)[ \t]*$/i;

/**
 * Parses a Range header (RFC 9110, 14.2) for a body of the given length. nginx answers ranges of what it caches; this is
 * for what reaches a replica.
 * @returns the range, "unsatisfiable" when it is behind the end, or undefined for the whole body: without a range, with
 * another unit, or with several ranges, which a server may ignore
 */
export function readRange(header: string | undefined, length: number): ByteRange | "unsatisfiable" | undefined {
  const match = header === undefined ? null : singleRange.exec(header);
  if (match === null) {
    return undefined;
  }
  const [, from = "", to = ""] = match;
  if (from === "") {
    return to === "" ? undefined : suffix(Number(to), length);
  }
  const first = Number(from);
  const last = to === "" ? length - 1 : Number(to);
  if (to !== "" && last < first) {
    return undefined;
  }
  return first >= length ? "unsatisfiable" : { first, last: Math.min(last, length - 1) };
}

/** The last bytes. */
function suffix(count: number, length: number): ByteRange | "unsatisfiable" {
  if (count === 0 || length === 0) {
    return "unsatisfiable";
  }
  return { first: Math.max(0, length - count), last: length - 1 };
}
