import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import type { ConfigFile } from "../../infra/system/component.ts";
import { METRICS } from "../../service/src/metrics/catalogue.ts";
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
import { type Facts, ruleGroups } from "../rules.ts";
import { alertCases } from "./cases.ts";
import { describeStack } from "./description.ts";

const facts: Facts = { jobs: ["resume", "nginx"], nginxConnections: 1000, healthChecks: 0.3 };
const rules = ruleGroups(facts).flatMap((group) => group.rules);

const prometheusFiles = (texts: Record<string, string>): readonly ConfigFile[] =>
  describeStack(texts).find(({ name }) => name === "prometheus")?.files ?? [];

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

test("every alert has a case that shows it quiet, firing and resolved", () => {
  for (const { name } of alerts(facts)) {
    const cases = alertCases.filter(({ alert }) => alert === name);
    assert.ok(cases.length > 0, `${name} has no case in prometheus/test/cases.ts`);
    for (const { story, quiet, fires, resolved } of cases)
      for (const times of [quiet, fires, resolved]) assert.ok(times.length > 0, story);
  }
});

test("every alert says what it means, with a value or a place, and what to do first", () => {
  for (const { name, summary, description, action } of alerts(facts)) {
    assert.match(summary, /\.$/, name);
    assert.match(description, /\{\{ \$(value|labels)\b.*\}\}/, name);
    assert.ok(action.length > 10, name);
  }
});

test("scaling does not touch Prometheus: neither config nor rules know how many replicas there are", () => {
  assert.ok(prometheusFiles({}).length >= 2);
  assert.deepEqual(prometheusFiles({ replicas: "8" }), prometheusFiles({ replicas: "4" }));
});

test("limits come from the components that have them", () => {
  const text = (texts: Record<string, string>) => String(prometheusFiles(texts)[1]?.content);
  assert.match(text({}), /sum\(nginx_connections_active\) \/ 16384$/m);
  assert.match(text({ nofile: "10000" }), /sum\(nginx_connections_active\) \/ 9488$/m);
  for (const job of ["nginx", "redis", "prometheus"]) assert.ok(text({}).includes(`absent(up{job="${job}"})`), job);
});

test("Prometheus is told of the rules where they lie", () => {
  const [config, rulesFile] = prometheusFiles({});
  assert.deepEqual(parse(String(config?.content)).rule_files, [rulesFile?.path]);
});

test("what is slow is told by a bucket of the histogram", () => {
  const buckets: readonly number[] = METRICS.httpDuration.buckets;
  assert.ok(buckets.includes(objectives.latency.seconds));
});
