import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { relayedRules, relayRules } from "../alerting.ts";
import { dashboards } from "../dashboards/index.ts";
import { labelsInLegend, panelsOf } from "../model.ts";
import { allReplicas } from "../variables.ts";

// What a real Grafana 12.4 was seen to make of these; no Grafana runs here.
const boards = Object.entries(dashboards).map(([name, build]) => ({ name, board: build() }));

describe("every board", () => {
  for (const { name, board } of boards) {
    test(`${name}: its links are at the top, not in a menu`, () => {
      assert.deepEqual(
        (board.links ?? []).map(({ title }) => title),
        ["Boards", "Alerts"],
      );
      for (const link of board.links ?? []) {
        assert.ok(!("placement" in link), link.title);
      }
    });

    test(`${name}: an alert is a line where it begins`, () => {
      const alerts = board.annotations.list?.find((annotation) => annotation.name === "Alerts");
      assert.match(
        alerts?.expr ?? "",
        /^ALERTS\{alertstate="firing"\} unless ALERTS\{alertstate="firing"\} offset 15s$/,
      );
      assert.equal(alerts?.step, "15s");
    });

    test(`${name}: lines of replicas are those of running ones, unless all are chosen`, () => {
      const exprs = (variables: Record<string, string>) =>
        panelsOf(board, variables)
          .filter(({ kind }) => kind === "timeseries")
          .flatMap(({ queries }) => queries.filter(({ legend }) => labelsInLegend(legend).includes("replica")))
          .map(({ expr }) => expr);
      for (const expr of exprs({})) {
        assert.match(
          expr,
          / and on \(replica\) \(last_over_time\(resume_build_info\[1m\] @ end\(\)\) or vector\(1\)\)$/,
        );
      }
      for (const expr of exprs(allReplicas)) {
        assert.match(expr, / and on \(any\) /);
      }
    });

    test(`${name}: a line without labels in its legend is one series`, () => {
      const lines = panelsOf(board).filter(({ kind }) => kind === "timeseries");
      for (const { expr, legend } of lines.flatMap(({ queries }) => queries)) {
        const isRecorded = expr.includes(":");
        assert.ok(isRecorded || legend.includes("{{") || /^(sum|min|max|avg)\b/.test(expr), expr);
      }
    });

    test(`${name}: titles fit at 1,280 px`, () => {
      // Beside the menu of 232 px that stays open, a panel's own margins and its info icon.
      const columnWidth = (1280 - 232 - 32) / 24;
      for (const { title, place } of panelsOf(board)) {
        const room = place.w * columnWidth - 110;
        assert.ok(title.length * 7.5 <= room, `"${title}" needs ${title.length * 7.5} of ${Math.round(room)} px`);
      }
    });

    test(`${name}: lines that are all zero have an axis that fits them`, () => {
      for (const panel of board.panels ?? []) {
        if (panel.type !== "timeseries" || !("fieldConfig" in panel)) {
          continue;
        }
        assert.ok("axisSoftMax" in Object(panel.fieldConfig?.defaults?.custom), panel.title);
      }
    });
  }

  test("a time of about a millisecond is shown in milliseconds", () => {
    const p95 = panelsOf(dashboards.overview?.() ?? assert.fail()).find(({ title }) => title === "p95");
    assert.equal(p95?.unit, "ms");
    assert.equal(p95?.decimals, 1);
    assert.match(p95?.queries[0]?.expr ?? "", / \* 1000 /);
  });
});

describe("a relayed rule", () => {
  test("a rule's text is taken as it stands, and rules that are no more are deleted", () => {
    const file = parse(relayRules({ webhook: "https://hooks.example.com" }));
    assert.ok(Array.isArray(file.deleteRules));
    for (const [index, { summary, action }] of relayedRules.entries()) {
      assert.deepEqual(file.groups[0].rules[index].annotations, { summary, action });
    }
  });
});
