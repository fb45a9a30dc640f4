import assert from "node:assert/strict";
import { test } from "node:test";
import official from "@jsonresume/schema/sample.resume.json" with { type: "json" };
import { fixtures } from "./fixtures.ts";
import { siteOf } from "./site-of.ts";

test("the sample's home page is under 15 kB compressed, and that of the largest résumé under 60 kB", (t) => {
  const bytesOf = (resume: unknown): number => {
    const page = siteOf(resume).languages[0].pages.get("/")?.system.variants.br.body;
    return page?.length ?? Number.NaN;
  };
  const [largest] = fixtures
    .map(({ json }) => json)
    .sort((a, b) => JSON.stringify(b).length - JSON.stringify(a).length);
  const [small, large] = [bytesOf(official), bytesOf(largest)];
  t.diagnostic(`${small} and ${large} bytes`);
  assert.ok(small < 15_000 && large > small && large < 60_000, `${small} and ${large} bytes`);
});
