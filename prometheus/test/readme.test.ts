import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { alerts } from "../alerts.ts";
import { objectives } from "../objectives.ts";

const readme = readFileSync("README.md", "utf8");

test("the README's alerts are the rules'", () => {
  const rows = [...readme.matchAll(/^\| `([A-Z]\w+)` \| (page|ticket) \| (.*?) \| (.*?) \|$/gm)];
  assert.deepEqual(
    rows.map(([, name, severity, summary, action]) => ({ name, severity, summary, action })),
    alerts({ jobs: [] }).map(({ name, severity, summary, action }) => ({
      name,
      severity,
      summary,
      action,
    })),
  );
});

test("the README's promises are the objectives", () => {
  const { availability, latency, periodDays } = objectives;
  for (const promise of [
    `${availability * 100} % of requests do not fail over ${periodDays} days`,
    `${latency.share * 100} % of the service's answers`,
    `${latency.seconds * 1000} ms`,
  ])
    assert.ok(readme.replace(/\s+/g, " ").includes(promise), promise);
});
