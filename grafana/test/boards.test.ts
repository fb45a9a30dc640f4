import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { parseConfig } from "../../infra/config/parse.ts";
import { grafana } from "../../infra/system/grafana.ts";
import { dockerDiscovery } from "../../infra/targets/docker/index.ts";
import { passedOn, passOn } from "../alerting.ts";
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
      for (const link of board.links ?? []) assert.ok(!("placement" in link), link.title);
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
        if (panel.type !== "timeseries" || !("fieldConfig" in panel)) continue;
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

describe("what Grafana is told", () => {
  const component = grafana(parseConfig({}), dockerDiscovery, "a password") ?? assert.fail();
  const paths = component.files.map(({ path }) => path);

  test("its home page is the overview", () => {
    const home = component.env.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH;
    assert.match(String(home), /\/overview\.json$/);
    assert.ok(paths.includes(String(home)));
  });

  test("nothing asks anybody outside of the stack", () => {
    const expected = {
      GF_ANALYTICS_REPORTING_ENABLED: "false",
      GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
      GF_PLUGINS_PREINSTALL_DISABLED: "true",
      GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED: "true",
      GF_NEWS_NEWS_FEED_ENABLED: "false",
      GF_SECURITY_DISABLE_GRAVATAR: "true",
      GF_SNAPSHOTS_EXTERNAL_ENABLED: "false",
    };
    for (const [name, value] of Object.entries(expected)) assert.equal(component.env[name], value, name);
  });

  test("every folder of provisioning that it looks for is there", () => {
    const provisioning = String(component.env.GF_PATHS_PROVISIONING);
    for (const folder of ["datasources", "dashboards", "plugins", "alerting"]) {
      assert.ok(
        paths.some((path) => path.startsWith(`${provisioning}/${folder}/`)),
        folder,
      );
    }
  });

  test("a rule's text is taken as it stands, and rules that are no more are deleted", () => {
    const file = parse(passOn({ webhook: "https://hooks.example.com" }));
    assert.ok(Array.isArray(file.deleteRules));
    for (const [index, { summary, action }] of passedOn.entries()) {
      assert.deepEqual(file.groups[0].rules[index].annotations, { summary, action });
    }
  });
});
