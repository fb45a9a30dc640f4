import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodings } from "../../system/site-paths.ts";
import { ask } from "./http.ts";

/** The page that a publish takes away. */
export const removedPage = "/projects";

/** Paths whose content has the name of the résumé's person. */
const named = ["/", "/experience", "/contact", "/contact/thanks", "/api/resume", "/resume.json", "/api/resume/summary"];

function replaceIn(folder: string, file: string, pattern: RegExp | string, by: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  const changed = text.replace(pattern, by);
  assert.notEqual(changed, text, file);
  writeFileSync(path, changed);
}

/** Changes every page, the data and an icon in a copy of the project. */
export function changeContent(folder: string, name: string): void {
  replaceIn(folder, "service/content/resume.json", /"name": "[^"]*"/, `"name": "${name}"`);
  replaceIn(folder, "service/assets/icon.svg", /(<!--.*-->)?\s*$/, `<!-- ${name} -->\n`);
}

/** Takes a page away; nginx' config still names it. */
export function removePage(folder: string): void {
  const others = `...pages.filter(({ path }) => path !== "${removedPage}").map(`;
  replaceIn(folder, "service/src/site.ts", "...pages.map(", others);
}

/** A site as it was, whose pages, files and data must not be given out any more. */
export class FormerVersion {
  readonly #url: string;
  readonly #paths: readonly string[];
  readonly #etags: ReadonlySet<string>;

  private constructor(url: string, paths: readonly string[], etags: ReadonlySet<string>) {
    this.#url = url;
    this.#paths = paths;
    this.#etags = etags;
  }

  /** Asks for everything in each encoding, twice: nginx' cache then has it. */
  static async read(url: string): Promise<FormerVersion> {
    const paths = [...named, removedPage, ...(await iconPaths(url))];
    const etags = new Set<string>();
    for (const path of [...paths, ...paths]) {
      for (const encoding of encodings) {
        const { status, headers } = await ask(url, path, { headers: { "Accept-Encoding": encoding } });
        assert.ok(status === 200 || path === removedPage, `${path}: ${status}`);
        if (status === 200) {
          etags.add(String(headers.etag));
        }
      }
    }
    return new FormerVersion(url, paths, etags);
  }

  /** @returns what is given out of it, and what is not answered with 200, or 404 for the removed page */
  async remains(): Promise<string[]> {
    const asks = this.#paths.flatMap((path) =>
      encodings.map(async (encoding) => {
        const query = Math.random() < 0.5 ? `?${Math.random()}` : "";
        const { status, headers } = await ask(this.#url, path + query, { headers: { "Accept-Encoding": encoding } });
        const expected = path === removedPage ? 404 : 200;
        const isOld = status === 200 && this.#etags.has(String(headers.etag));
        return isOld || status !== expected ? [`${path} ${encoding}: ${status} ${headers["x-cache-status"]}`] : [];
      }),
    );
    return (await Promise.all(asks)).flat();
  }
}

/** The icon by the name with its content's hash, and by its plain name. */
async function iconPaths(url: string): Promise<readonly string[]> {
  const { body } = await ask(url, "/");
  const hashed = /"(\/static\/icon\.[^"]+)"/.exec(body.toString("utf8"))?.[1];
  assert.ok(hashed !== undefined);
  return [hashed, hashed.replace(/\.[0-9a-f]{16}\./, ".")];
}
