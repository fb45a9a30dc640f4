import assert from "node:assert/strict";
import { test } from "node:test";
import { catalogue } from "../../service/src/metrics/catalogue.ts";
import { alerts } from "../alerts.ts";
import {
  alertNames,
  answersIn,
  burnWindows,
  failureRatio,
  failuresIn,
  quickIn,
  recorded,
  slowRatio,
  visitorsIn,
} from "../names.ts";
import { objectives } from "../objectives.ts";
import type { RuleParameters } from "../rule-types.ts";
import { ruleGroups } from "../rules.ts";

const parameters: RuleParameters = { jobs: ["resume", "nginx"], nginxConnections: 1000, healthChecks: 0.3 };
const rules = ruleGroups(parameters).flatMap((group) => group.rules);

test("every name is that of one rule, and every rule has its name from the list", () => {
  const names = rules.map((rule) => ("alert" in rule ? rule.alert : rule.record));
  const ofWindows = [failureRatio, slowRatio, failuresIn, visitorsIn, answersIn, quickIn];
  const listed = [
    ...Object.values(recorded),
    ...ofWindows.flatMap((name) => burnWindows.map(name)),
    failuresIn("30d"),
    visitorsIn("30d"),
    ...Object.values(alertNames),
  ];
  assert.deepEqual(names.sort(), listed.sort());
});

test("every alert says what it means, with a value or a place, and what to do first", () => {
  for (const { name, summary, description, action } of alerts(parameters)) {
    assert.match(summary, /\.$/, name);
    assert.match(description, /\{\{ \$(value|labels)\b.*\}\}/, name);
    assert.ok(action.length > 10, name);
  }
});

test("what is slow is told by a bucket of the histogram", () => {
  const buckets: readonly number[] = catalogue.httpDuration.buckets;
  assert.ok(buckets.includes(objectives.latency.seconds));
});
