import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { relayedRules } from "../../grafana/alerting.ts";
import { panelsOf } from "../../grafana/model.ts";
import { dataSourceUid } from "../../grafana/provisioning.ts";
import { exported } from "../../prometheus/exported.ts";
import { nginxUp } from "../../prometheus/expressions.ts";
import { alertNames } from "../../prometheus/names.ts";
import { catalogue } from "../../service/src/metrics/catalogue.ts";
import { eventually } from "./support/eventually.ts";
import { firing } from "./support/prometheus.ts";
import { boards, Queries } from "./support/queries.ts";
import { hasGrafana, TestStack } from "./support/stack.ts";
import { startVisitors } from "./support/visitors.ts";

const stack = new TestStack(`observed-${process.pid}`);

let prometheusUrl: string;
let queries: Queries;
let visitors: ReturnType<typeof startVisitors>;
const start = Date.now();

describe("what operators see", { timeout: 10 * 60_000 }, () => {
  before(async () => {
    await stack.initialise();
    await stack.set("resume:replicas", "2");
    await stack.up();
    prometheusUrl = await stack.address("prometheusUrl");
    queries = new Queries(prometheusUrl, start);
    visitors = startVisitors(await stack.address("url"));
  });
  after(async () => {
    try {
      await visitors.stop();
    } finally {
      await stack.remove();
    }
  });

  test("every recorded series has data once there is traffic, every rule is well, and no alert has fired", async () => {
    // What is evaluated once a minute may have come a moment too early the first time.
    await eventually(130, async () => assert.deepEqual(await queries.ofRecorded(), []));
    const rules = await (await fetch(`${prometheusUrl}/api/v1/rules`)).text();
    assert.doesNotMatch(rules, /"health":"(err|unknown)"/);
    assert.deepEqual(await queries.sinceStart(`${exported.alerts}{alertstate="firing"}`), []);
  });

  test("nothing that Grafana would call somebody for gives anything while all is well", async () => {
    for (const { name, expr } of relayedRules) {
      assert.deepEqual(await queries.now(expr), [], name);
    }
  });

  test("nginx hangs: its alert fires, Grafana would relay it, and it resolves when nginx is back", async () => {
    const nginx = stack.live.engine.getContainer(await stack.live.idOf("nginx"));
    const passed = relayedRules.find(({ name }) => name === alertNames.nginxDown);
    assert.ok(passed);
    await nginx.pause();
    try {
      await eventually(40, async () => assert.ok((await firing(prometheusUrl)).includes(alertNames.nginxDown)));
      assert.ok((await queries.now(passed.expr)).some(({ value }) => value > 0));
      // What `npm run alerts` reads.
      const text = await (await fetch(`${prometheusUrl}/api/v1/alerts`)).text();
      assert.match(
        text,
        /"annotations":\{"action":"[^{}]+","description":"[^{}]+","summary":"[^{}]+"\},"state":"firing"/,
      );
      assert.match(text, /"activeAt":"[\dT:.-]+Z"/);
      assert.deepEqual(
        (await queries.now(nginxUp)).map(({ value }) => value),
        [0],
      );
    } finally {
      await nginx.unpause();
    }
    await eventually(30, async () => assert.ok(!(await firing(prometheusUrl)).includes(alertNames.nginxDown)));
    assert.deepEqual(await queries.now(passed.expr), []);
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
    test(`every query of the ${name} board has data, with the labels that it shows`, () =>
      eventually(40, async () => assert.deepEqual(await queries.ofBoard(board), [])));
  }

  test("every series that an alert looks at is there", async () => {
    assert.deepEqual(await queries.ofAlerts(), []);
  });

  test("a metric that was renamed would be noticed, and so would a label", async () => {
    const renamed = [
      { expr: "sum(rate(resume_renamed_total[20s]))", legend: "" },
      { expr: catalogue.buildInfo.name, legend: "{{renamed}}" },
    ];
    assert.deepEqual(await queries.ofAll(renamed), [
      "no data: sum(rate(resume_renamed_total[20s]))",
      `no label renamed: ${catalogue.buildInfo.name}`,
    ]);
  });

  test("the overview counts the replicas", async () => {
    const panel = boards
      .filter(({ name }) => name === "overview")
      .flatMap(({ board }) => panelsOf(board))
      .find(({ title }) => title === "Replicas up");
    const [sample] = await queries.now(panel?.queries[0]?.expr ?? "");
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
