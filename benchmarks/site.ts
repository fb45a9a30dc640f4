import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { pause } from "../lib/interruption.ts";
import { UserError } from "../lib/user-error.ts";
import { type Address, type Answer, ask, type Expected, probe } from "./address.ts";

export type BytesAddress = Address & { expected: Expected & { body: { kind: "bytes"; bytes: Buffer } } };

/** The addresses of the site, with the answers that they must give. */
export interface Site {
  /** The home page's bytes. */
  page: Buffer;
  /** The home page as it is, uncompressed. */
  plainHome: Address;
  health: Address;
  /** The rest as browsers ask for it. */
  home: Address;
  experience: Address;
  projects: Address;
  contact: Address;
  api: Address;
  static: Address;
}

const asBrowsersDo = { "Accept-Encoding": "gzip, br" };

/** How an answer is recognised whatever the content of the résumé: by its type, and by something in its text. */
interface Mark {
  type: string;
  /** For people. */
  what: string;
  isIn: (text: string) => boolean;
}

/**
 * Requests what the load will request, and keeps the answers: every later one must be the same.
 * @throws {UserError} when one is not sound, or is not that of this page
 */
export async function findSite(url: URL): Promise<Site> {
  const at = (path: string, mark: Mark) => answerOf(new URL(path, url), asBrowsersDo, mark);
  const plainHome = await answerOf(new URL("/", url), {}, pageAt("/"));
  const page = plainHome.expected.body.bytes;
  const icon = /<link rel="apple-touch-icon" href="(\/static\/[^"]+)"/.exec(page.toString("utf8"))?.[1];
  if (icon === undefined) {
    throw new UserError(`${url.href} is a page without an icon below /static/.`);
  }
  // A résumé without projects, for example, has no page of them: the load then requests the home page in its place.
  const pageOr = (path: string) => {
    const found = page.toString("utf8").includes(`<a href="${path}"`) ? path : "/";
    return at(found, pageAt(found));
  };
  return {
    page,
    plainHome,
    health: await health(new URL("/health", url)),
    home: await at("/", pageAt("/")),
    experience: await pageOr("/experience"),
    projects: await pageOr("/projects"),
    contact: await at("/contact", pageAt("/contact")),
    api: await at("/api/resume", resume),
    static: await at(icon, picture),
  };
}

/** Every page names its own address as the canonical one; the origin before it may be another than the one asked. */
function pageAt(path: string): Mark {
  return {
    type: "text/html",
    what: `page with the canonical address ${path}`,
    isIn: (text) => {
      const [, canonical = ""] = /<link rel="canonical" href="([^"]*)"/.exec(text) ?? [];
      return text.includes("</html>") && canonical.replace(/^https?:\/\/[^/]+/, "") === path;
    },
  };
}

const resume: Mark = {
  type: "application/json",
  what: "résumé with basics.name",
  isIn: (text) => {
    try {
      const name: unknown = Object(Object(JSON.parse(text)).basics).name;
      return typeof name === "string" && name !== "";
    } catch {
      // Not JSON, so no résumé: that is the answer to the question.
      return false;
    }
  },
};

const picture: Mark = { type: "image/png", what: "picture", isIn: (text) => text.slice(1, 4) === "PNG" };

async function health({ href }: URL): Promise<Address> {
  const address: Address = {
    url: href,
    headers: {},
    expected: { encoding: undefined, body: { kind: "json", texts: { status: "ok" } } },
  };
  const wrong = await probe(address);
  if (wrong !== undefined) {
    throw new UserError(`${href} is not healthy: ${wrong}.`);
  }
  return address;
}

async function answerOf({ href }: URL, headers: Readonly<Record<string, string>>, mark: Mark): Promise<BytesAddress> {
  const answer = await ask(href, headers, false).catch((error: unknown) => {
    throw new UserError(`${href} does not answer: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (answer.status !== 200) {
    throw new UserError(`${href} answers ${answer.status} instead of 200.`);
  }
  const type = answer.headers["content-type"] ?? "nothing";
  if (type.split(";")[0] !== mark.type) {
    throw new UserError(`${href} answers with ${type} instead of ${mark.type}.`);
  }
  if (!mark.isIn(textOf(href, answer))) {
    throw new UserError(`${href} does not answer with a ${mark.what}.`);
  }
  const encoding = answer.headers["content-encoding"];
  return { url: href, headers, expected: { encoding, body: { kind: "bytes", bytes: answer.body } } };
}

/** The body, unpacked. */
function textOf(href: string, { headers, body }: Answer): string {
  const encoding = headers["content-encoding"] ?? "identity";
  const unpack = unpackers.get(encoding);
  if (unpack === undefined) {
    throw new UserError(`${href} answers with the encoding ${encoding}, which nobody asked for.`);
  }
  try {
    return unpack(body).toString("utf8");
  } catch (error) {
    throw new UserError(`${href} answers with what is not ${encoding}: ${String(error)}`);
  }
}

const unpackers = new Map<string, (body: Buffer) => Buffer>([
  ["identity", (body) => body],
  ["gzip", (body) => gunzipSync(body)],
  ["br", (body) => brotliDecompressSync(body)],
]);

/**
 * Waits until the site answers its probe.
 * @throws {Error} with this message, and what is still wrong, when it does not in time
 * @throws {AbortError} when the user asks to stop
 */
export async function waitForSite({ health }: Pick<Site, "health">, seconds: number, message: string): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const wrong = await probe(health);
    if (wrong === undefined) {
      return;
    }
    if (Date.now() > end) {
      throw new Error(`${message}: ${wrong}`);
    }
    await pause(200);
  }
}
