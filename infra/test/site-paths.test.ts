import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { allEncodings } from "../../service/src/http/encoding.ts";
import { photoFiles } from "../../service/src/photos.ts";
import { maxMiB } from "../../service/src/resume/own-files.ts";
import { loadSite } from "../../service/src/site.ts";
import { siteLocales } from "../../service/src/words/site-locales.ts";
import { encodings, sitePaths } from "../system/site-paths.ts";

test("nginx knows every page, file and asset of the service, in each language, and its encodings", () => {
  const root = mkdtempSync(join(tmpdir(), "resume-test-"));
  after(() => rmSync(root, { recursive: true }));
  for (const folder of ["assets", "content"]) {
    cpSync(join("service", folder), join(root, folder), { recursive: true });
  }
  const source = JSON.parse(readFileSync(join(root, "content/resume.json"), "utf8"));
  const resume = JSON.stringify({
    ...source,
    basics: { ...source.basics, image: "me.jpg" },
    meta: { language: "de" },
  });
  writeFileSync(join(root, "content/resume.de.json"), resume);
  for (const imprint of ["imprint.md", "imprint.de.md"]) {
    writeFileSync(join(root, "content", imprint), "Nora Lindgren");
  }
  writeFileSync(join(root, "content/me.jpg"), "");
  const photo = {
    height: 1,
    files: photoFiles("me.jpg").map((file) => ({ ...file, content: Buffer.from(file.name) })),
  };
  for (const publicUrl of [undefined, "https://example.com"]) {
    const pdfs = new Map(["/resume.pdf", "/de/resume.pdf"].map((path) => [path, Buffer.from("%PDF")]));
    const { languages, files, assets } = loadSite(root, publicUrl, pdfs, undefined, new Map([["me.jpg", photo]]));
    const pages = languages.flatMap((language) => [...language.pages.keys()]);
    const data = ["/api/resume/summary"];
    const statics = [...assets.byName.keys()].map((name) => `/static/${name}`);
    assert.deepEqual(
      [...sitePaths(publicUrl, siteLocales(join(root, "content")))].sort(),
      [...pages, ...files.keys(), ...data, ...statics].sort(),
    );
  }
  assert.deepEqual(encodings, allEncodings);
});

test("nginx' cache has room for the owner's files in every encoding, beside the pages", () => {
  const [, megabytes] =
    /keys_zone=pages:\S+ max_size=(\d+)m /.exec(readFileSync("nginx/nginx.conf.template", "utf8")) ?? [];
  assert.ok(Number(megabytes) - encodings.length * maxMiB >= 10, megabytes);
});
