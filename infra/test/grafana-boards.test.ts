import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeStack } from "./support/description.ts";

describe("what Grafana is told", () => {
  const component = describeStack().find(({ name }) => name === "grafana") ?? assert.fail();
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
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(component.env[name], value, name);
    }
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
});
