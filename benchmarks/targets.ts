import { UserError } from "../toolchain/lib/user-error.ts";
import { ask, type Expected, type Target } from "./target.ts";

export type BytesTarget = Target & { expected: Expected & { body: { kind: "bytes"; bytes: Buffer } } };

/** What there is to ask for on the site, with the answers that it must give. */
export interface Targets {
  /** The home page's bytes. */
  page: Buffer;
  /** The home page as it is, uncompressed. */
  plainHome: Target;
  health: Target;
  /** The rest as browsers ask for it. */
  home: Target;
  experience: Target;
  projects: Target;
  contact: Target;
  api: Target;
  static: Target;
}

const asBrowsersDo = { "Accept-Encoding": "gzip, br" };

/** Asks for what the load will ask for, and holds on to the answers: every later one must be the same. @throws UserError where one is not sound */
export async function findTargets(url: URL): Promise<Targets> {
  const at = (path: string) => answerOf(new URL(path, url), asBrowsersDo);
  const plainHome = await answerOf(new URL("/", url), {});
  const page = plainHome.expected.body.bytes;
  const asset = /(?:href|src)="(\/static\/[^"]+)"/.exec(page.toString("utf8"))?.[1];
  if (!page.includes("</html>") || asset === undefined) {
    throw new UserError(`${url.href} does not answer with a home page that loads a static file.`);
  }
  return {
    page,
    plainHome,
    health: {
      url: new URL("/health", url).href,
      headers: {},
      expected: { encoding: undefined, body: { kind: "json", texts: { status: "ok" } } },
    },
    home: await at("/"),
    experience: await at("/experience"),
    projects: await at("/projects"),
    contact: await at("/contact"),
    api: await at("/api/resume"),
    static: await at(asset),
  };
}

async function answerOf(url: URL, headers: Readonly<Record<string, string>>): Promise<BytesTarget> {
  const answer = await ask(url.href, headers, false).catch((error: unknown) => {
    throw new UserError(`${url.href} does not answer: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (answer.status !== 200) throw new UserError(`${url.href} answers ${answer.status} instead of 200.`);
  const encoding = answer.headers["content-encoding"];
  return { url: url.href, headers, expected: { encoding, body: { kind: "bytes", bytes: answer.body } } };
}
