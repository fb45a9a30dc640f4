import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { configKeys, factsOf } from "../config/keys.ts";

const readme = readFileSync("README.md", "utf8");

test("the README's config table is the program's", () => {
  const rows = [...readme.matchAll(/^\| `([a-z]\w*)` \| (.*?) \| (.*?) \| .* \|$/gm)].map(
    ([, key, value, allowed]) => ({
      key,
      value,
      allowed,
    }),
  );
  const expected = configKeys.map((key) => {
    const { default: value, allowed } = factsOf(key);
    return { key, value: value === "" ? "none" : `\`${value}\``, allowed };
  });
  assert.deepEqual(rows, expected);
});
