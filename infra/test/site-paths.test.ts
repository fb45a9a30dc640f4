import assert from "node:assert/strict";
import { test } from "node:test";
import { allEncodings } from "../../service/src/http/encoding.ts";
import { loadSite } from "../../service/src/site.ts";
import { encodings, sitePaths } from "../system/site-paths.ts";

test("nginx knows every page, file and asset of the service, and its encodings", () => {
  for (const publicUrl of [undefined, "https://example.com"]) {
    const { pages, files, assets } = loadSite("service", publicUrl, new Map([["/resume.pdf", Buffer.from("%PDF")]]));
    const data = ["/api/resume/summary"];
    const statics = [...assets.byName.keys()].map((name) => `/static/${name}`);
    assert.deepEqual([...sitePaths(publicUrl)].sort(), [...pages.keys(), ...files.keys(), ...data, ...statics].sort());
  }
  assert.deepEqual(encodings, allEncodings);
});
