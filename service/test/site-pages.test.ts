import assert from "node:assert/strict";
import { test } from "node:test";
import { startService } from "./service.ts";
import { siteOf } from "./site-of.ts";

const basics = { name: "Ada Example" };

/** The paths of the navigation, and the status of every page. */
async function pagesOf(
  resume: object,
  files?: Readonly<Record<string, string>>,
): Promise<{ readonly linked: readonly string[]; readonly missing: readonly string[]; readonly sitemap: string }> {
  const service = await startService({ site: siteOf({ basics, ...resume }, files) });
  try {
    const [, navigation = ""] = /<nav[^>]*>(.*?)<\/nav>/s.exec((await service.ask("/")).text) ?? [];
    const paths = ["/", "/experience", "/projects", "/contact"];
    const answers = await Promise.all(paths.map(async (path) => ({ path, ...(await service.ask(path)) })));
    return {
      linked: [...navigation.matchAll(/href="([^"]*)"/g)].map(([, path = ""]) => path),
      missing: answers.filter(({ status }) => status === 404).map(({ path }) => path),
      sitemap: (await service.ask("/sitemap.xml")).text,
    };
  } finally {
    await service.close();
  }
}

test("there is no page, and no link to one, for what a résumé lacks", async () => {
  for (const [resume, files, missing] of [
    [{}, {}, ["/experience", "/projects"]],
    [{ work: [{ name: "Mill" }] }, {}, ["/projects"]],
    [{ awards: [{ title: "Prize" }] }, {}, ["/projects"]],
    [{ publications: [{ name: "Book" }] }, {}, ["/experience"]],
    [{}, { "projects.md": "# Works\n\nNone yet." }, ["/experience"]],
    [{ skills: [{ name: "Milling" }] }, { "contact.md": "Write." }, ["/experience", "/projects"]],
  ] as const) {
    const found = await pagesOf(resume, files);
    assert.deepEqual(found.missing, missing);
    assert.deepEqual(
      found.linked,
      ["/", "/experience", "/projects", "/contact"].filter((path) => !missing.some((one) => one === path)),
    );
  }
});

test("the sitemap names no page that is not there", () => {
  const { files } = siteOf({ basics, work: [{ name: "Mill" }] }, {}, "https://example.com");
  const sitemap = files.get("/sitemap.xml")?.variants.identity.body.toString();
  assert.match(sitemap ?? "", /example\.com\/experience</);
  assert.doesNotMatch(sitemap ?? "", /projects/);
});
