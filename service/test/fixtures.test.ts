import assert from "node:assert/strict";
import { test } from "node:test";
import schema from "@jsonresume/schema/schema.json" with { type: "json" };
import { Ajv } from "ajv";
import ajvFormats from "ajv-formats";
import { withoutEmpty } from "../src/resume/absent.ts";
import { readResume } from "../src/resume/resume.ts";
import { fixtures } from "./fixtures.ts";

const ajv = new Ajv();
ajvFormats.default(ajv, ["email", "uri"]);
const isOfficial = ajv.compile(schema);

const fieldsOf = (findings: readonly { readonly field: string }[]) => findings.map(({ field }) => field).sort();

/** All texts and numbers of JSON, by their field's name. */
function leaves(value: unknown, path = ""): readonly (readonly [field: string, text: string])[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => leaves(item, `${path}[${index}]`));
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === "" ? key : `${path}.${key}`));
  }
  return value === undefined ? [] : [[path, String(value)]];
}

test("each invented résumé gives the faults and warnings that it must", () => {
  for (const { name, json, faults, warnings } of fixtures) {
    const read = readResume(json);
    assert.deepEqual(
      { faults: fieldsOf(read.faults), warnings: fieldsOf(read.warnings) },
      { faults: [...faults].sort(), warnings: [...warnings].sort() },
      name,
    );
  }
});

test("what the official schema allows is accepted, if it has a name and settings that exist", () => {
  for (const { name, json, faults } of fixtures) {
    const own = faults.filter((field) => !/^(meta\.|basics\.name$)/.test(field));
    assert.ok(!isOfficial(json) || own.length === 0 || /\.(start|end)Date$/.test(String(own)), name);
  }
});

test("nothing gets lost without a word: a text is published, or its field is named", () => {
  const forPrograms = /^(x-|\$|meta\b)|\.x-/;
  for (const { name, json } of fixtures) {
    const { published, faults, warnings, resume } = readResume(json);
    const texts = new Set(leaves(published).map(([, text]) => text));
    const named = [...faults, ...warnings].map(({ field }) => field);
    for (const [field, text] of leaves(withoutEmpty(json))) {
      const isNamed = named.some((one) => field === one || field.startsWith(`${one}.`) || field.startsWith(`${one}[`));
      const isHidden = resume.site.hideOnWeb.includes(field.replaceAll(/\[\d+\]/g, ""));
      assert.ok(texts.has(text) || isNamed || isHidden || forPrograms.test(field), `${name}: ${field}`);
    }
  }
});

test("there are enough résumés, and five are large", () => {
  assert.ok(fixtures.length >= 60);
  assert.equal(fixtures.filter(({ json }) => Buffer.byteLength(JSON.stringify(json)) > 40_000).length, 5);
  assert.equal(new Set(fixtures.map(({ name }) => name)).size, fixtures.length);
});
