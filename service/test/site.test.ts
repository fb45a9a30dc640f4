import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { prepareDocument } from "../src/http/document.ts";
import { loadResume } from "../src/resume/resume.ts";
import { loadSite } from "../src/site.ts";
import { sitePages } from "../src/site-pages.ts";
import { en } from "../src/words/en.ts";
import { createLocale } from "../src/words/locale.ts";
import { temporaryFolder } from "./folder.ts";
import { MemoryStore } from "./memory-store.ts";
import { SERVICE_ROOT, type Service, startService } from "./service.ts";

const locale = createLocale("en", en);
const only = { locale, prefix: "", pages: sitePages, languages: [{ locale, prefix: "", pages: sitePages }] };
let service: Service;
before(async () => {
  service = await startService({ redis: new MemoryStore() });
});
after(() => service.close());

const PAGES = ["/", "/experience", "/projects", "/contact"] as const;
const DOCUMENTS = [...PAGES, "/api/resume", "/resume.json"] as const;

test("the home page shows the résumé", async () => {
  const { status, headers, text } = await service.ask("/");
  const { resume } = loadResume(join(SERVICE_ROOT, "content"));
  assert.equal(status, 200);
  assert.equal(headers["content-type"], "text/html; charset=utf-8");
  assert.match(text, /^<!doctype html>\n<html lang="en"/);
  assert.ok(text.includes(`<h1>${resume.basics.name}</h1>`));
  for (const { name } of [...resume.work, ...resume.projects, ...resume.skills]) {
    assert.ok(text.includes(name ?? "?"), name);
  }
  assert.equal(text.match(/<h1>/g)?.length, 1);
});

test("a page holds its style sheet and no script that runs, and its policy allows that very sheet alone", async () => {
  for (const path of [...PAGES, "/contact/thanks", "/nope"]) {
    const { headers, text } = await service.ask(path, { headers: { Accept: "text/html" } });
    const [, style = "", ...others] = /<style>([^<]*)<\/style>/.exec(text) ?? [];
    assert.deepEqual(others, []);
    assert.ok(style.includes(".sheet"), path);
    const hash = createHash("sha256").update(style).digest("base64");
    const policy = String(headers["content-security-policy"]);
    assert.match(policy, /^default-src 'none'; /);
    assert.ok(policy.includes(`; style-src 'sha256-${hash}';`), path);
    assert.doesNotMatch(policy, /unsafe|script-src/);
    const rest = text.replace(`<style>${style}</style>`, "");
    assert.doesNotMatch(rest, /<script(?! type="application\/ld\+json">)|<style|stylesheet|\sstyle=|\son[a-z]+=/i);
  }
});

test("each page says what it is, for people, search engines and previews", async () => {
  const titles = new Set<string>();
  for (const path of PAGES) {
    const { text } = await service.ask(path);
    const title = /<title>([^<]+)<\/title>/.exec(text)?.[1] ?? "";
    titles.add(title);
    const description = /<meta name="description" content="([^"]+)">/.exec(text)?.[1] ?? "";
    assert.ok(description.length > 20 && description.length < 200, `${path}: ${description}`);
    assert.ok(text.includes(`<meta property="og:title" content="${title}">`), path);
    assert.ok(text.includes(`<meta property="og:description" content="${description}">`), path);
    assert.ok(text.includes(`<link rel="canonical" href="${path}">`), path);
    assert.equal(text.match(/<h1>/g)?.length, 1, path);
    assert.equal(text.match(/aria-current="page"/g)?.length, 1, path);
    for (const other of PAGES) {
      assert.ok(text.includes(`<a href="${other}"`), `${path} leads to ${other}`);
    }
  }
  assert.equal(titles.size, PAGES.length);
});

test("the person is described in schema.org's words", async () => {
  const { resume } = loadResume(join(SERVICE_ROOT, "content"));
  const { text } = await service.ask("/");
  const block = /<script type="application\/ld\+json">([^<]+)<\/script>/.exec(text)?.[1] ?? "";
  const person: unknown = JSON.parse(block);
  assert.ok(typeof person === "object" && person !== null);
  assert.ok("@type" in person && person["@type"] === "Person");
  assert.ok("name" in person && person.name === resume.basics.name);
  assert.ok("knowsAbout" in person && Array.isArray(person.knowsAbout));
});

test("a site that knows its address makes complete links", async (t) => {
  const { loadSite } = await import("../src/site.ts");
  const own = await startService({ site: loadSite(SERVICE_ROOT, "https://example.com") });
  t.after(() => own.close());
  const { text } = await own.ask("/projects");
  assert.ok(text.includes(`<link rel="canonical" href="https://example.com/projects">`));
  assert.ok(text.includes(`<meta property="og:url" content="https://example.com/projects">`));
  const sitemap = await own.ask("/sitemap.xml");
  assert.equal(sitemap.headers["content-type"], "application/xml; charset=utf-8");
  assert.equal(sitemap.text.match(/<loc>/g)?.length, PAGES.length);
  for (const path of PAGES) {
    assert.ok(sitemap.text.includes(`<loc>https://example.com${path}</loc>`), path);
  }
  assert.match((await own.ask("/robots.txt")).text, /^Sitemap: https:\/\/example\.com\/sitemap\.xml$/m);
});

test("a site that does not know its address has no sitemap, whose addresses must be complete", async () => {
  assert.equal((await service.ask("/sitemap.xml")).status, 404);
  assert.doesNotMatch((await service.ask("/robots.txt")).text, /Sitemap/);
  assert.doesNotMatch((await service.ask("/")).text, /og:url/);
});

/** The site of Ada, with these settings. */
async function siteOfAda(t: TestContext, settings: object, files: Readonly<Record<string, string>> = {}) {
  const root = temporaryFolder();
  mkdirSync(join(root, "content"));
  symlinkSync(join(SERVICE_ROOT, "assets"), join(root, "assets"));
  const resume = { basics: { name: "Ada", phone: "117 496", email: "ada@example.com" }, meta: { site: settings } };
  for (const [name, text] of Object.entries({ "resume.json": JSON.stringify(resume), ...files })) {
    mkdirSync(dirname(join(root, "content", name)), { recursive: true });
    writeFileSync(join(root, "content", name), text);
  }
  const own = await startService({ site: loadSite(root, "https://example.com") });
  t.after(() => own.close());
  return own;
}

test("a site can keep search engines out, by all that they look at", async (t) => {
  const own = await siteOfAda(t, { index: false });
  assert.equal((await own.ask("/robots.txt")).text, "User-agent: *\nDisallow: /\n");
  for (const path of [...DOCUMENTS, "/nope", "/health"]) {
    assert.equal((await own.ask(path)).headers["x-robots-tag"], "noindex", path);
    assert.equal((await service.ask(path)).headers["x-robots-tag"], undefined, path);
  }
  for (const path of ["/", "/contact"]) {
    assert.match((await own.ask(path)).text, /<meta name="robots" content="noindex">/);
    assert.doesNotMatch((await service.ask(path)).text, /noindex/);
  }
});

test("what is hidden on the web is on no page, in no data, and in no description for search engines", async (t) => {
  const own = await siteOfAda(t, { hideOnWeb: ["basics.phone"] });
  for (const path of [...DOCUMENTS, "/api/resume/summary"]) {
    const { text } = await own.ask(path);
    assert.doesNotMatch(text, /117 ?496|hideOnWeb/, path);
  }
  assert.match((await own.ask("/")).text, /ada@example\.com/);
});

test("files of one's own are at addresses that stay, by any form of their name", async (t) => {
  const pdf = "%PDF-1.7 certificate";
  const own = await siteOfAda(
    t,
    {},
    { "files/Zeugnis für Ada.pdf": pdf, "files/a.svg": "<svg/>", "files/.DS_Store": "" },
  );
  for (const name of ["Zeugnis%20f%C3%BCr%20Ada.pdf", "Zeugnis%20fu%CC%88r%20Ada.pdf"]) {
    const { status, headers, text } = await own.ask(`/files/${name}`);
    assert.deepEqual([status, text, headers["content-type"]], [200, pdf, "application/pdf"]);
    assert.match(headers["cache-control"] ?? "", /max-age=0, s-maxage=1/);
    const again = await own.ask(`/files/${name}`, { headers: { "If-None-Match": headers.etag ?? "" } });
    assert.equal(again.status, 304);
  }
  assert.match(
    String((await own.ask("/files/a.svg")).headers["content-security-policy"]),
    /^default-src 'none'.*sandbox/,
  );
  for (const path of ["/files/", "/files/b.pdf", "/files/.DS_Store", "/files/%E0%A4", "/files/..%2Fresume.json"]) {
    assert.equal((await own.ask(path)).status, 404, path);
  }
});

test("an icon of one's own is in the place of ours, wherever browsers look", async (t) => {
  const svg = await siteOfAda(t, {}, { "favicon.svg": "<svg/>" });
  const [, url = ""] = /<link rel="icon" type="image\/svg\+xml" href="([^"]+)">/.exec((await svg.ask("/")).text) ?? [];
  for (const path of [url, "/favicon.ico"]) {
    const { text, headers } = await svg.ask(path);
    assert.deepEqual([text, headers["content-type"]], ["<svg/>", "image/svg+xml"], path);
  }
  const ico = await siteOfAda(t, {}, { "favicon.ico": "icon" });
  assert.match((await ico.ask("/")).text, /<link rel="icon" type="image\/x-icon" href="\/favicon.ico">/);
  assert.equal((await ico.ask("/favicon.ico")).text, "icon");
});

test("an imprint is a page, with a link from every page, only where it is there", async (t) => {
  const own = await siteOfAda(t, {}, { "imprint.md": "# Legal notice\n\nAda.\n\n## Data\n\nNone.\n" });
  const { status, text } = await own.ask("/imprint");
  assert.equal(status, 200);
  assert.match(text, /<h1>Legal notice<\/h1>.*<p>Ada\.<\/p>\n<h2>Data<\/h2>/s);
  for (const path of [...PAGES, "/nope"]) {
    const headers = { Accept: "text/html" };
    assert.match((await own.ask(path, { headers })).text, /<a href="\/imprint">Legal notice<\/a>/, path);
    assert.doesNotMatch((await service.ask(path, { headers })).text, /imprint/, path);
  }
  assert.equal((await service.ask("/imprint")).status, 404);
});

test("robots and favicon are where they are looked for", async () => {
  const robots = await service.ask("/robots.txt");
  assert.equal(robots.headers["content-type"], "text/plain; charset=utf-8");
  assert.match(robots.text, /^User-agent: \*$/m);
  const favicon = await service.ask("/favicon.ico");
  assert.equal(favicon.headers["content-type"], "image/x-icon");
  assert.deepEqual([...favicon.bytes.subarray(0, 4)], [0, 0, 1, 0]);
});

test("a page without an address of its own is none for search engines", async () => {
  const thanks = await service.ask("/contact/thanks");
  assert.equal(thanks.status, 200);
  assert.match(thanks.text, /<meta name="robots" content="noindex">/);
  assert.doesNotMatch(thanks.text, /canonical/);
});

test("the résumé's data is the file, as it is", async () => {
  const source: unknown = JSON.parse(readFileSync(join(SERVICE_ROOT, "content", "resume.json"), "utf8"));
  for (const path of ["/api/resume", "/resume.json"]) {
    const { status, headers, text } = await service.ask(path);
    assert.equal(status, 200);
    assert.equal(headers["content-type"], "application/json; charset=utf-8");
    assert.deepEqual(JSON.parse(text), source);
  }
});

test("every response names the replica and the request", async () => {
  for (const path of ["/", "/health", "/ready", "/metrics", "/nope", "/api/resume"]) {
    const { headers } = await service.ask(path);
    assert.ok(headers["x-replica"], path);
    assert.match(String(headers["x-request-id"]), /^[0-9a-f-]{36}$/, path);
  }
});

test("a sound request id is kept, any other is replaced", async () => {
  const kept = await service.ask("/health", { headers: { "X-Request-Id": "nginx-0123456789" } });
  assert.equal(kept.headers["x-request-id"], "nginx-0123456789");
  const replaced = await service.ask("/health", { headers: { "X-Request-Id": "<script>alert(1)</script>" } });
  assert.match(String(replaced.headers["x-request-id"]), /^[0-9a-f-]{36}$/);
});

for (const path of DOCUMENTS) {
  test(`${path} comes as the client can read it, the same in every encoding`, async () => {
    const plain = await service.ask(path);
    const gzip = await service.ask(path, { headers: { "Accept-Encoding": "gzip" } });
    const brotli = await service.ask(path, { headers: { "Accept-Encoding": "gzip, deflate, br, zstd" } });
    assert.equal(plain.headers["content-encoding"], undefined);
    assert.equal(gzip.headers["content-encoding"], "gzip");
    assert.equal(brotli.headers["content-encoding"], "br");
    assert.deepEqual(gunzipSync(gzip.bytes), plain.bytes);
    assert.deepEqual(brotliDecompressSync(brotli.bytes), plain.bytes);
    assert.ok(brotli.bytes.length < gzip.bytes.length && gzip.bytes.length < plain.bytes.length);
    assert.equal(new Set([plain, gzip, brotli].map(({ headers }) => headers.etag)).size, 3);
    for (const { headers, bytes } of [plain, gzip, brotli]) {
      assert.equal(headers["content-length"], String(bytes.length));
      assert.match(String(headers.vary), /Accept-Encoding/);
      assert.match(String(headers["cache-control"]), /^public, max-age=0, s-maxage=1/);
    }
  });

  test(`${path} answers HEAD like GET, without the body`, async () => {
    const headers = { "Accept-Encoding": "br" };
    const get = await service.ask(path, { headers });
    const head = await service.ask(path, { method: "HEAD", headers });
    assert.equal(head.status, 200);
    assert.equal(head.bytes.length, 0);
    for (const name of ["content-length", "content-type", "content-encoding", "etag", "cache-control", "vary"]) {
      assert.equal(head.headers[name], get.headers[name], name);
    }
  });

  test(`${path} answers 304 to a client that has it, and 200 to one that has another`, async () => {
    const first = await service.ask(path, { headers: { "Accept-Encoding": "gzip" } });
    const ifNoneMatch = (etag: string, method = "GET") =>
      service.ask(path, { method, headers: { "Accept-Encoding": "gzip", "If-None-Match": etag } });
    const etag = String(first.headers.etag);
    for (const same of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const { status, headers, bytes } = await ifNoneMatch(same);
      assert.equal(status, 304, same);
      assert.equal(bytes.length, 0);
      assert.equal(headers.etag, etag);
      assert.equal(headers["cache-control"], first.headers["cache-control"]);
      assert.equal(headers["content-length"], undefined);
    }
    assert.equal((await ifNoneMatch(etag, "HEAD")).status, 304);
    assert.equal((await ifNoneMatch('"other"')).status, 200);
  });
}

test("what the page loads is there, may be kept for ever, and is compressed", async () => {
  const { text } = await service.ask("/");
  const addresses = [...text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((match) => match[1] ?? "");
  assert.deepEqual(
    addresses.map((address) => address.replace(/\.[0-9a-f]{16}\./, ".")),
    ["/static/apple-touch-icon.png", "/static/icon.svg"],
  );
  for (const address of addresses) {
    const { status, headers } = await service.ask(address, { headers: { "Accept-Encoding": "br" } });
    assert.equal(status, 200, address);
    assert.equal(headers["content-type"], address.endsWith(".png") ? "image/png" : "image/svg+xml");
    assert.match(String(headers["cache-control"]), /^public, max-age=31536000, immutable, s-maxage=1,/);
    assert.equal(headers["content-encoding"], "br");
  }
});

test("a page's path in another case or with more slashes leads to the page, with the query, and nowhere else", async () => {
  for (const [path, location] of [
    ["/experience/", "/experience"],
    ["/EXPERIENCE?a=%2F%2Fevil&b", "/experience?a=%2F%2Fevil&b"],
    ["/Contact/Thanks//", "/contact/thanks"],
    ["//projects?x", "/projects?x"],
    ["//", "/"],
  ] as const) {
    for (const method of ["GET", "HEAD", "POST"]) {
      const { status, headers } = await service.ask(path, { method });
      assert.equal(status, 308, path);
      assert.equal(headers.location, location);
      assert.equal(headers["cache-control"], "no-store");
    }
  }
  for (const path of [
    "//evil",
    "//evil/experience",
    "/experience/x",
    "/api/resume/",
    "/RESUME.JSON",
    "/static/Icon.svg",
  ]) {
    assert.equal((await service.ask(path)).status, 404, path);
  }
});

test("what shared caches may keep, nginx among them, is never older than 60 s with one more cache before it", async () => {
  const { text } = await service.ask("/");
  const icon = /"(\/static\/[^"]+)"/.exec(text)?.[1] ?? "";
  for (const path of ["/", "/resume.json", "/api/resume/summary", "/favicon.ico", icon]) {
    const caching = String((await service.ask(path)).headers["cache-control"]);
    const seconds = (name: string) => Number(new RegExp(`${name}=(\\d+)`).exec(caching)?.[1]);
    for (const stale of ["stale-while-revalidate", "stale-if-error"]) {
      assert.ok(2 * (seconds("s-maxage") + seconds(stale)) < 60, `${path}: ${caching}`);
    }
  }
});

test("another version's file gives today's, and nobody keeps it; other names give 404", async () => {
  const other = await service.ask("/static/icon.0123456789abcdef.svg");
  assert.equal(other.status, 200);
  assert.equal(other.headers["cache-control"], "no-store");
  for (const path of ["/static/", "/static/nope.css", "/static/..%2fpackage.json", "/static/../package.json"]) {
    assert.equal((await service.ask(path)).status, 404, path);
  }
});

test("answers made for each request are compressed above the threshold only, probes never", async () => {
  const headers = { "Accept-Encoding": "gzip", Accept: "text/html" };
  const problem = await service.ask("/nope", { headers });
  assert.equal(problem.headers["content-encoding"], "gzip");
  assert.match(gunzipSync(problem.bytes).toString(), /^<!doctype html>/);
  for (const path of ["/health", "/ready", "/api/resume/summary"]) {
    assert.equal((await service.ask(path, { headers })).headers["content-encoding"], undefined, path);
  }
});

test("what compressing makes no smaller comes as it is, to whoever asks", () => {
  const noise = randomBytes(2000);
  const { variants } = prepareDocument(noise, {});
  for (const variant of [variants.br, variants.gzip]) {
    assert.deepEqual(variant, variants.identity);
  }
  assert.equal(prepareDocument("a".repeat(2000), {}).variants.br.encoding, "br");
});

test("a picture of the person is for previews and search engines, when it is a full address", async () => {
  const { renderHome } = await import("../src/page/home.ts");
  const { loadAssets } = await import("../src/page/assets.ts");
  const { readResume } = await import("../src/resume/resume.ts");
  const home = (image: string): string => {
    const { resume } = readResume({ basics: { name: "A", image } });
    return renderHome({ resume, assets: loadAssets(SERVICE_ROOT), publicUrl: undefined, ...only }, "system");
  };
  const text = home("https://example.com/a.png?b=1&c=2");
  assert.ok(text.includes('<meta property="og:image" content="https://example.com/a.png?b=1&amp;c=2">'));
  assert.ok(text.includes('"image":"https://example.com/a.png?b=1&c=2"'));
  for (const image of ["a.png", "data:image/png;base64,AAAA"]) {
    assert.doesNotMatch(home(image), /og:image|"image"/);
  }
});

test("the pages of a résumé with dangerous texts hold them as text", async () => {
  const { renderHome } = await import("../src/page/home.ts");
  const { renderProjects } = await import("../src/page/projects.ts");
  const { loadAssets } = await import("../src/page/assets.ts");
  const { readResume } = await import("../src/resume/resume.ts");
  const evil = `</script><script>alert("1")</script>'&`;
  const { resume } = readResume({
    basics: { name: evil, label: evil, summary: evil, profiles: [{ network: evil, username: evil }] },
    work: [{ name: evil, position: evil, highlights: [evil], url: "https://example.com/?a='&b=1" }],
    skills: [{ name: evil, keywords: [evil] }],
    projects: [{ name: "P" }],
  });
  const site = { resume, assets: loadAssets(SERVICE_ROOT), publicUrl: undefined, ...only };
  const home = renderHome(site, "system");
  assert.equal(home.match(/<script/g)?.length, 1, "the block of data alone");
  assert.equal(home.match(/<\/script/g)?.length, 1);
  assert.ok(home.includes("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;"));

  const story = {
    title: undefined,
    intro: `${evil}\n\n[x](javascript:alert(1)) ![y](https://example.com/y.png)`,
    entries: new Map([["P", evil]]),
  };
  const projects = renderProjects(site, story, "system");
  assert.doesNotMatch(projects, /<script|<img|href="javascript:/);
});
