import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { relayedRules, relayRules } from "../alerting.ts";
import { dashboards } from "../dashboards/index.ts";
import { panelsOf } from "../model.ts";

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
