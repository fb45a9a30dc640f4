import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { keys } from "../config/config.ts";

const readme = readFileSync("README.md", "utf8");

test("the README's config table is the program's", () => {
  const rows = [...readme.matchAll(/^\| `([a-z]\w*)` \| (.*?) \| (.*?) \| .* \|$/gm)].map(
    ([, key, value, allowed]) => ({
      key,
      value,
      allowed,
    }),
  );
  const expected = Object.entries(keys).map(([key, { default: value, allowed }]) => ({
    key,
    value: value === "" ? "none" : `\`${value}\``,
    allowed,
  }));
  assert.deepEqual(rows, expected);
});
