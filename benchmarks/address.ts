import { type Agent, get, type IncomingHttpHeaders } from "node:http";

/** An address under test, and the answer that it must give. Plain data, so that it can be handed to a worker thread. */
export interface Address {
  url: string;
  headers: Readonly<Record<string, string>>;
  expected: Expected;
}

/** A sound answer: status 200, this content encoding, and this body. */
export interface Expected {
  /** Undefined where the body comes as it is. */
  encoding: string | undefined;
  body: ExpectedBody;
}

/** The same bytes each time, or a JSON object that has at least these texts: a probe's answer names its replica. */
export type ExpectedBody =
  | { kind: "bytes"; bytes: Uint8Array }
  | { kind: "json"; texts: Readonly<Record<string, string>> };

/** What came back, with the body as it was on the wire. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Longest that one request may take as a whole, in milliseconds; then it has failed. */
export const timeoutMs = 10_000;

/**
 * Asks once.
 *
 * @param agent whose connection is used; false for a connection of its own
 * @param withinMs longest that it may take as a whole
 * @throws {Error} when no whole answer comes in time
 */
export function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  agent: Agent | false,
  withinMs: number = timeoutMs,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    const deadline = setTimeout(() => {
      reject(new Error(`no whole answer within ${withinMs / 1000} s`));
      request.destroy();
    }, withinMs);
    request.on("close", () => clearTimeout(deadline));
    request.on("error", reject);
  });
}

/** JSON texts that were looked at and found sound: each replica sends its own again and again, and reading it costs more than this. */
const sound = new WeakMap<ExpectedBody, Set<string>>();
const mostKept = 100;

/** Whether a body is the one that is expected. */
export function isExpectedBody(body: Buffer, expected: ExpectedBody): boolean {
  if (expected.kind === "bytes") {
    return Buffer.compare(body, expected.bytes) === 0;
  }
  const text = body.toString("utf8");
  const seen = sound.get(expected) ?? new Set();
  if (seen.has(text)) {
    return true;
  }
  const isSound = hasTexts(text, expected.texts);
  if (isSound && seen.size < mostKept) {
    sound.set(expected, seen.add(text));
  }
  return isSound;
}

function hasTexts(text: string, texts: Readonly<Record<string, string>>): boolean {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON, so not what is expected: that is the answer to the question.
    return false;
  }
  const found = new Map(Object.entries(Object(value)));
  return Object.entries(texts).every(([name, text]) => found.get(name) === text);
}

/** What is wrong with an answer, as a sentence; undefined for a sound one. */
export function errorIn({ status, headers, body }: Answer, expected: Expected): string | undefined {
  if (status !== 200) {
    return `status ${status} instead of 200`;
  }
  const encoding = headers["content-encoding"];
  if (encoding !== expected.encoding) {
    return `content encoding ${encoding} instead of ${expected.encoding}`;
  }
  if (!isExpectedBody(body, expected.body)) {
    return `a body of ${body.length} bytes that is not the expected one`;
  }
  return undefined;
}

/** Asks an address once. @returns what is wrong with its answer; undefined where nothing is */
export async function probe(address: Address, agent: Agent | false = false): Promise<string | undefined> {
  try {
    return errorIn(await ask(address.url, address.headers, agent), address.expected);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
