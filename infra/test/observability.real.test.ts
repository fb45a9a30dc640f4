import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { passedOn } from "../../grafana/alerting.ts";
import { dashboards } from "../../grafana/dashboards/index.ts";
import { labelsInLegend, otherQueriesOf, type PanelQuery, panelsOf } from "../../grafana/model.ts";
import { dataSourceUid } from "../../grafana/provisioning.ts";
import { alerts } from "../../prometheus/alerts.ts";
import { PrometheusClient, type Sample } from "../../prometheus/client.ts";
import { exported } from "../../prometheus/exported.ts";
import { nginxUp } from "../../prometheus/expressions.ts";
import { alertNames, burnWindows, failureRatio, recorded } from "../../prometheus/names.ts";
import { METRICS } from "../../service/src/metrics/catalogue.ts";
import { eventually } from "./support/eventually.ts";
import { firing } from "./support/prometheus.ts";
import { selectorsIn } from "./support/selectors.ts";
import { hasGrafana, TestStack } from "./support/stack.ts";
import { startVisitors } from "./support/visitors.ts";

const stack = new TestStack(`observed-${process.pid}`);
const boards = Object.entries(dashboards).map(([name, build]) => ({ name, board: build() }));

let prometheusUrl: string;
let prometheus: PrometheusClient;
let visitors: ReturnType<typeof startVisitors>;
const start = Date.now();

/** All that a query gave since the test began, one sample for each series: its last finite value. */
async function sinceStart(expr: string): Promise<Sample[]> {
  const series = await prometheus.queryRange(expr, { from: start, to: Date.now(), stepSeconds: 5 });
  return series.flatMap(({ labels, points }) => {
    const last = points.findLast(([, value]) => Number.isFinite(value));
    return last === undefined ? [] : [{ labels, value: last[1] }];
  });
}

/** What is wrong with the answer to a query: nothing came, or a label that the legend shows is missing. */
async function complaint(
  { expr, legend }: PanelQuery,
  ask: (expr: string) => Promise<Sample[]>,
): Promise<string | undefined> {
  const samples = (await ask(expr)).filter(({ value }) => Number.isFinite(value));
  if (samples.length === 0) return `no data: ${expr}`;
  const missing = labelsInLegend(legend).filter((label) => samples.some(({ labels }) => !labels[label]));
  return missing.length === 0 ? undefined : `no label ${missing.join(", ")}: ${expr}`;
}

const complaints = async (queries: readonly PanelQuery[], ask: (expr: string) => Promise<Sample[]>) =>
  (await Promise.all(queries.map((query) => complaint(query, ask)))).filter((found) => found !== undefined);

const now = (expr: string) => prometheus.query(expr);

describe("what operators see", { timeout: 10 * 60_000 }, () => {
  before(async () => {
    await stack.initialise();
    await stack.set("resume:replicas", "2");
    await stack.up();
    prometheusUrl = await stack.address("prometheusUrl");
    prometheus = new PrometheusClient(prometheusUrl);
    visitors = startVisitors(await stack.address("url"));
  });
  after(async () => {
    await visitors.stop();
    await stack.remove();
  });

  test("every recorded series has data once there is traffic, every rule is well, and no alert has fired", async () => {
    const names = [...Object.values(recorded), ...burnWindows.map(failureRatio)];
    const queries = names.map((expr) => ({ expr, legend: "" }));
    // What is evaluated once a minute may have come a moment too early the first time.
    await eventually(130, async () => assert.deepEqual(await complaints(queries, now), []));
    const rules = await (await fetch(`${prometheusUrl}/api/v1/rules`)).text();
    assert.doesNotMatch(rules, /"health":"(err|unknown)"/);
    assert.deepEqual(await sinceStart(`${exported.alerts}{alertstate="firing"}`), []);
  });

  test("nothing that Grafana would call somebody for gives anything while all is well", async () => {
    for (const { name, expr } of passedOn) assert.deepEqual(await now(expr), [], name);
  });

  test("nginx hangs: its alert fires, Grafana would pass it on, and it resolves when nginx is back", async () => {
    const nginx = stack.live.engine.getContainer(await stack.live.idOf("nginx"));
    const passed = passedOn.find(({ name }) => name === alertNames.nginxDown);
    assert.ok(passed);
    await nginx.pause();
    try {
      await eventually(40, async () => assert.ok((await firing(prometheusUrl)).includes(alertNames.nginxDown)));
      assert.ok((await now(passed.expr)).some(({ value }) => value > 0));
      assert.deepEqual(
        (await now(nginxUp)).map(({ value }) => value),
        [0],
      );
    } finally {
      await nginx.unpause();
    }
    await eventually(30, async () => assert.ok(!(await firing(prometheusUrl)).includes(alertNames.nginxDown)));
    assert.deepEqual(await now(passed.expr), []);
  });

  test("Redis away: its alert fires, and resolves when it is back", async () => {
    const redis = stack.live.engine.getContainer(await stack.live.idOf("redis"));
    await redis.pause();
    try {
      await eventually(60, async () => assert.ok((await firing(prometheusUrl)).includes(alertNames.redisDown)));
    } finally {
      await redis.unpause();
    }
    // The visitors' failures burn the error budget meanwhile, whose alerts take longer.
    await eventually(40, async () => assert.ok(!(await firing(prometheusUrl)).includes(alertNames.redisDown)));
  });

  for (const { name, board } of boards) {
    test(`every query of the ${name} board has data, with the labels that it shows`, async () => {
      const panels = panelsOf(board);
      const instant = panels.filter(({ kind }) => kind === "stat" || kind === "table");
      const lines = panels.filter((panel) => !instant.includes(panel));
      await eventually(40, async () =>
        assert.deepEqual(
          [
            ...(await complaints(
              instant.flatMap(({ queries }) => queries),
              now,
            )),
            ...(await complaints([...lines.flatMap(({ queries }) => queries), ...otherQueriesOf(board)], sinceStart)),
          ],
          [],
        ),
      );
    });
  }

  test("every series that an alert looks at is there", async () => {
    const jobs = [...new Set((await now("up")).map(({ labels }) => labels.job ?? ""))];
    for (const { name, expr } of alerts({ jobs, nginxConnections: 1 })) {
      const selectors = await selectorsIn(prometheusUrl, expr);
      assert.ok(selectors.length > 0, name);
      const queries = selectors.map((selector) => ({ expr: selector, legend: "" }));
      assert.deepEqual(await complaints(queries, now), [], name);
    }
  });

  test("a metric that was renamed would be noticed, and so would a label", async () => {
    const queries = [
      { expr: "sum(rate(resume_renamed_total[20s]))", legend: "" },
      { expr: METRICS.buildInfo.name, legend: "{{renamed}}" },
    ];
    assert.deepEqual(await complaints(queries, now), [
      "no data: sum(rate(resume_renamed_total[20s]))",
      `no label renamed: ${METRICS.buildInfo.name}`,
    ]);
  });

  test("the overview counts the replicas", async () => {
    const panel = boards
      .filter(({ name }) => name === "overview")
      .flatMap(({ board }) => panelsOf(board))
      .find(({ title }) => title === "Replicas up");
    const [sample] = await now(panel?.queries[0]?.expr ?? "");
    assert.equal(sample?.value, 2);
  });

  test("Grafana shows each board, reaches Prometheus, and has data for each query", { skip: !hasGrafana }, async () => {
    const { grafanaUrl, grafanaUser, grafanaPassword } = await stack.outputs("--show-secrets");
    const authorization = `Basic ${Buffer.from(`${grafanaUser}:${grafanaPassword}`).toString("base64")}`;
    const ask = async (path: string, body?: unknown): Promise<string> => {
      const response = await fetch(`${grafanaUrl}${path}`, {
        headers: { authorization, "content-type": "application/json" },
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      });
      const text = await response.text();
      assert.equal(response.status, 200, `${path}: ${text}`);
      return text;
    };
    assert.match(await ask(`/api/datasources/uid/${dataSourceUid}/health`), /"status":\s*"OK"/);
    for (const { board } of boards) {
      assert.ok((await ask(`/api/dashboards/uid/${board.uid}`)).includes(`"title":"${board.title}"`));
      for (const { expr } of panelsOf(board).flatMap(({ queries }) => queries)) {
        const query = { refId: "A", datasource: { uid: dataSourceUid }, expr, range: true, intervalMs: 5000 };
        const answer = await ask("/api/ds/query", { from: String(start), to: "now", queries: [query] });
        assert.match(answer, /"values":\[\[\d/, expr);
      }
    }
  });
});
