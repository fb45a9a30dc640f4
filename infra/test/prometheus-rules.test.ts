import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { alerts } from "../../prometheus/alerts.ts";
import type { ConfigFile } from "../system/component.ts";
import { describeStack } from "./support/description.ts";
import { alertCases } from "./support/promtool-cases.ts";

const prometheusFiles = (texts: Record<string, string>): readonly ConfigFile[] =>
  describeStack(texts).find(({ name }) => name === "prometheus")?.files ?? [];

test("every alert has a case that shows it quiet, firing and resolved", () => {
  for (const { name } of alerts({ jobs: [] })) {
    const cases = alertCases.filter(({ alert }) => alert === name);
    assert.ok(cases.length > 0, `${name} has no case in infra/test/support/promtool-cases.ts`);
    for (const { story, quiet, fires, resolved } of cases) {
      for (const times of [quiet, fires, resolved]) {
        assert.ok(times.length > 0, story);
      }
    }
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
  for (const job of ["nginx", "redis", "prometheus"]) {
    assert.ok(text({}).includes(`absent(up{job="${job}"})`), job);
  }
});

test("Prometheus is told of the rules where they lie", () => {
  const [config, rulesFile] = prometheusFiles({});
  assert.deepEqual(parse(String(config?.content)).rule_files, [rulesFile?.path]);
});
