import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { loadSite } from "../../service/src/site.ts";
import { SERVICE_ROOT, startService } from "../../service/test/service.ts";
import { findSite } from "../site.ts";
import { fakeServer } from "./fake-server.ts";
import { siteAnswer } from "./fake-site.ts";

describe("the site itself", () => {
  test("with anybody's content: every address is found", async (t) => {
    const root = mkdtempSync(join(tmpdir(), "resume-site-test-"));
    t.after(() => rmSync(root, { recursive: true }));
    cpSync(join(SERVICE_ROOT, "assets"), join(root, "assets"), { recursive: true });
    mkdirSync(join(root, "content"));
    // The least that a résumé can say.
    writeFileSync(join(root, "content/resume.json"), '{"basics":{"name":"Zoë <O\'Brien>"}}');
    for (const site of [loadSite(SERVICE_ROOT), loadSite(root, "https://zoe.example.com")]) {
      const service = await startService({ site });
      t.after(() => service.close());
      const found = await findSite(new URL(`http://127.0.0.1:${service.port}/`));
      assert.equal(found.contact.expected.encoding, "br");
      assert.match(found.static.url, /\/static\/apple-touch-icon.*\.png$/);
      assert.ok(found.page.includes("</html>"));
    }
  });
});

describe("refused before any load is", { concurrency: true }, () => {
  const refused = async (t: Parameters<typeof fakeServer>[0], listener: RequestListener, message: RegExp) =>
    assert.rejects(findSite(new URL(await fakeServer(t, listener))), { name: "UserError", message });

  /** The site, but for one address. */
  const but =
    (path: string, listener: RequestListener): RequestListener =>
    (request, response) =>
      request.url === path ? listener(request, response) : siteAnswer(request, response);

  /** The site's answer to another question. */
  const asIf = (url: string) => (request: Parameters<RequestListener>[0]) => Object.assign(request, { url });

  test("nothing of a sound site", async (t) => {
    const site = await findSite(new URL(await fakeServer(t, siteAnswer)));
    assert.match(site.static.url, /\/static\/a\.png$/);
  });

  test("a server that answers with one page everywhere", (t) =>
    refused(
      t,
      (request, response) => siteAnswer(asIf("/")(request), response),
      /\/health is not healthy: a body of \d+ bytes that is not the expected one\.$/,
    ));

  test("one that answers with one page for all pages", (t) =>
    refused(
      t,
      but("/experience", (request, response) => siteAnswer(asIf("/")(request), response)),
      /\/experience does not answer with a page with the canonical address \/experience\.$/,
    ));

  test("a page in the place of the data", (t) =>
    refused(
      t,
      but("/api/resume", (request, response) => siteAnswer(asIf("/")(request), response)),
      /\/api\/resume answers with text\/html; charset=utf-8 instead of application\/json\.$/,
    ));

  test("other data, and data that is none", async (t) => {
    for (const body of ['{"basics":{}}', "null", "{"]) {
      const lies = but("/api/resume", (_request, response) =>
        response.setHeader("Content-Type", "application/json").end(body),
      );
      await refused(t, lies, /\/api\/resume does not answer with a résumé with basics\.name\.$/);
    }
  });

  test("a page in the place of the icon", (t) =>
    refused(
      t,
      but("/static/a.png", (request, response) => siteAnswer(asIf("/")(request), response)),
      /a\.png answers with text\/html; charset=utf-8 instead of image\/png\.$/,
    ));

  test("a page that is missing", (t) =>
    refused(
      t,
      but("/contact", (_, response) => response.writeHead(404).end()),
      /\/contact answers 404 instead of 200\./,
    ));

  test("the right head with a body that is not in its encoding, or in one that nobody asked for", async (t) => {
    const encoded = (encoding: string, body: Buffer) =>
      but("/projects", (_request, response) =>
        response.writeHead(200, { "Content-Type": "text/html", "Content-Encoding": encoding }).end(body),
      );
    await refused(t, encoded("gzip", Buffer.from("plain")), /\/projects answers with what is not gzip/);
    await refused(t, encoded("zstd", gzipSync("x")), /the encoding zstd, which nobody asked for/);
  });
});
