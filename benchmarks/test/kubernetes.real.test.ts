import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { parseConfig } from "../../infra/config/parse.ts";
import { stackLabels } from "../../infra/labels.ts";
import { clusterAccess } from "../../infra/targets/kubernetes/kubeconfig.ts";
import { restrictedNamespace } from "../../infra/targets/kubernetes/security.ts";
import { isClusterObject, StackOnCluster } from "../../infra/test/support/cluster.ts";
import { eventually } from "../../infra/test/support/eventually.ts";
import { startClients } from "../../infra/test/support/http.ts";
import type { LoadResult } from "../../infra/test/support/load.ts";
import { atHome, cluster, login, maybeOfType, plain, runStack } from "../../infra/test/support/manifests.ts";
import { firing, targets } from "../../infra/test/support/prometheus.ts";
import { changeContent, FormerVersion, removePage } from "../../infra/test/support/publish.ts";
import { boards, Queries } from "../../infra/test/support/queries.ts";
import { smokeTest } from "../../infra/test/support/smoke-test.ts";
import { expectNoFailure, hasGrafana, ProjectStack } from "../../infra/test/support/stack.ts";
import { startVisitors } from "../../infra/test/support/visitors.ts";
import { selfSigned } from "../../lib/certificate.ts";
import { warningEvents } from "../../lib/cluster/events.ts";
import { alertNames } from "../../prometheus/names.ts";
import { purgeCaches } from "../../toolchain/lib/purge-caches.ts";
import { successCheck } from "../checks.ts";
import { runStep } from "../context.ts";
import { Progress } from "../report/progress.ts";
import type { Check } from "../result.ts";
import { planOf, scenarios } from "../scenarios/catalogue.ts";
import { findSite } from "../site.ts";

/** A variable that is empty says nothing. */
const given = (name: string): string | undefined => process.env[name] || undefined;

// A cluster whose node ports answer here, and a registry that it pulls from; the toolchain sets both where it has made them.
const kubeconfig = given("RESUME_TEST_KUBECONFIG") ?? "";
const pushRegistry = given("RESUME_TEST_PUSH_REGISTRY") ?? given("RESUME_TEST_REGISTRY");
const dnsTtl = given("RESUME_TEST_DNS_TTL") ?? "30s";

const skip =
  kubeconfig === ""
    ? "RESUME_TEST_KUBECONFIG names no cluster: npm run cluster:up makes one"
    : pushRegistry === undefined && "RESUME_TEST_PUSH_REGISTRY names no registry that the cluster pulls from";

const config = {
  "resume:target": "kubernetes",
  "resume:serviceType": "NodePort",
  "resume:operatorNodePorts": "true",
  "resume:pushRegistry": pushRegistry,
  "resume:dnsTtl": dnsTtl,
  "kubernetes:kubeconfig": kubeconfig,
};

// On a cluster that others test on, too.
const name = `test-${randomBytes(4).toString("hex")}`;

/** Keeps Redis from answering anybody, for not so long that it would be started again. */
const hang = `REDISCLI_AUTH="$(sed -n 's/^requirepass //p' /etc/stack/redis.conf)" redis-cli client pause 30000 all`;

/** How many pods there are with this many replicas: nginx, Redis, Prometheus, two exporters and maybe Grafana. */
const podsWith = (replicas: number) => replicas + (hasGrafana ? 6 : 5);

/** The load's own figures are part of what a test tells. */
function unnoticed(context: TestContext, result: LoadResult): void {
  context.diagnostic(`${result.sent} requests sent, ${result.failed} failed`);
  expectNoFailure(result);
}

describe("the stack on Kubernetes", { skip, timeout: 40 * 60_000 }, () => {
  const stack = new ProjectStack(name);
  let live: StackOnCluster;

  before(async () => {
    live = new StackOnCluster(kubeconfig, `resume-${name}`);
    await stack.initialise(config);
  });
  after(() => stack.remove());

  /** What clients see until the last pod that the change stops has stopped. */
  const underLoad = (change: () => Promise<unknown>): Promise<LoadResult> =>
    stack.underLoad(async () => {
      await change();
      await eventually(90, async () => assert.deepEqual(await live.stopping(), []));
    });

  /** Runs what is about a change that fails, without waiting for it for as long as a user should. */
  async function impatiently(seconds: number, run: () => Promise<void>): Promise<void> {
    const file = join(stack.project.folder, "infra/targets/kubernetes/stack.ts");
    const text = readFileSync(file, "utf8");
    const impatient = text.replaceAll('"10m"', `"${seconds}s"`);
    assert.notEqual(impatient, text);
    writeFileSync(file, impatient);
    try {
      await run();
    } finally {
      writeFileSync(file, text);
    }
  }

  /** @returns what the failed update said */
  async function failedUp(): Promise<string> {
    const { code, output } = await stack.project.pulumi("up", "--yes", "--skip-preview", "--stack", name);
    assert.notEqual(code, 0, output);
    assert.doesNotMatch(output, /^ +at .*\.ts:/m, "a stack trace is shown");
    return output;
  }

  async function expectReplicas(count: number): Promise<void> {
    await eventually(30, async () => {
      const pods = await live.pods("resume");
      assert.deepEqual([pods.length, pods.filter(({ ready }) => ready).length], [count, count]);
    });
    const prometheus = await stack.address("prometheusUrl");
    await eventually(60, async () => assert.deepEqual((await targets(prometheus)).resume, { up: count, of: count }));
  }

  test("comes up from nothing, with every pod ready", async () => {
    await stack.up();
    const pods = await live.pods();
    assert.equal(pods.length, podsWith(4));
    for (const { name, ready } of pods) {
      assert.ok(ready, name);
    }
  });

  smokeTest(stack);

  test("Redis hangs: its alert fires, and every query of every board and rule has data with its labels", async () => {
    const visitors = startVisitors(await stack.address("url"));
    const prometheus = await stack.address("prometheusUrl");
    const queries = new Queries(prometheus, Date.now());
    try {
      const said = await live.exec(await live.pod("redis"), "redis", ["sh", "-c", hang]);
      assert.match(said, /OK/);
      await eventually(60, async () => assert.ok((await firing(prometheus)).includes(alertNames.redisDown)));
      await eventually(130, async () => {
        assert.deepEqual(await queries.ofRecorded(), []);
        assert.deepEqual((await Promise.all(boards.map(({ board }) => queries.ofBoard(board)))).flat(), []);
        assert.deepEqual(await queries.ofAlerts(), []);
      });
    } finally {
      await visitors.stop();
    }
    await eventually(60, async () => assert.ok((await live.pod("redis")).ready));
  });

  test("the benchmark's four scenarios of the original, in short: every answer is sound", async (context) => {
    const url = new URL(await stack.address("url"));
    const original = scenarios.filter(({ original }) => original !== undefined);
    const site = await findSite(url);
    const benchContext = { url, site, local: undefined, progress: new Progress(process.stderr), steps: [] };
    const checks: Check[] = [];
    for (const scenario of original) {
      const step = await runStep(benchContext, scenario, scenario.name, planOf({ ...scenario, seconds: 3 }, site));
      checks.push(successCheck(step));
    }
    assert.equal(checks.length, 4);
    for (const { value } of checks) {
      context.diagnostic(value);
    }
    assert.deepEqual(
      checks.filter(({ met }) => !met),
      [],
    );
  });

  test("no pod that is not restricted gets into the namespace", async () => {
    const containers = [{ name: "tried", image: "nginx" }];
    assert.equal(await live.tryPod({ containers }), 403);
    assert.equal(await live.tryPod({ containers, hostNetwork: true }), 403);
  });

  test("the API server has nothing against any object, and no warning of its pod security either", async () => {
    const text = await stack.project.must("stack", "export", "--show-secrets", "--stack", name);
    const state: { deployment: { resources: { type: string; inputs?: unknown }[] } } = JSON.parse(text);
    // A Secret's content is wrapped there; the rest of it is an object as all others.
    const objects = state.deployment.resources
      .map(({ inputs }) => inputs)
      .filter(isClusterObject)
      .map((object) => (object.kind === "Secret" ? { ...object, data: {} } : object));
    assert.ok(objects.length > 30, String(objects.length));
    const complaints = await Promise.all(objects.map((object) => live.complaints(object)));
    assert.deepEqual(complaints.flat(), []);
    const [first] = objects;
    assert.ok(first);
    const wrong = { ...first, unheardOf: 1 };
    assert.match((await live.complaints(wrong)).join(""), /unheardOf/, "an unknown field would be noticed");
  });

  test("nor has it against those of any other way in", async () => {
    const namespace = `resume-${name}-dry`;
    const tls = JSON.stringify(await selfSigned(["127.0.0.1"]));
    const ways = [
      // Of those that a cluster picks last.
      { ...atHome, tls, tlsPort: "30043" },
      { ...cluster, serviceType: "LoadBalancer", port: "80", tls, tlsPort: "443" },
      { ...cluster, ingressHost: "nora.example.com", ingressClass: "nginx", tlsSecret: "site-tls" },
      { ...cluster, replicas: "1", autoscale: '{"max":12}', imagePullSecret: login.config },
    ];
    await live.createNamespace(namespace, restrictedNamespace);
    try {
      for (const texts of ways) {
        const { resources } = await runStack(texts, namespace);
        const objects = maybeOfType(resources, "kubernetes:")
          .map(({ name, inputs }) => plain({ ...inputs, metadata: { name, ...plain(inputs.metadata) } }))
          .filter(isClusterObject);
        assert.ok(objects.length > 40, String(objects.length));
        const complaints = await Promise.all(objects.map((object) => live.complaints(object)));
        assert.deepEqual(complaints.flat(), []);
      }
    } finally {
      await live.deleteNamespace(namespace);
    }
  });

  test("a stack of the same name that somebody else has is not touched", async () => {
    const other = new ProjectStack(name);
    // A pod may be ready or not at a moment; which pods there are is what counts.
    const pods = async () => (await live.pods()).map(({ uid }) => uid).sort();
    const before = await pods();
    try {
      await other.initialise(config);
      const { code, output } = await other.project.pulumi("up", "--yes", "--skip-preview", "--stack", name);
      assert.notEqual(code, 0, output);
      assert.match(output, new RegExp(`resume:namespace is "resume-${name}"; allowed: [^]*another clone's`));
    } finally {
      // Its state says nothing of what is there.
      other.project.remove();
    }
    assert.deepEqual(await pods(), before);
    await stack.expectNoChange();
  });

  test("scales from 4 to 8 and back by config without a failed request, and without touching nginx", async (context) => {
    const { uid } = await live.pod("nginx");
    for (const replicas of [8, 4]) {
      await stack.set("resume:replicas", String(replicas));
      const result = await underLoad(async () => {
        await stack.up();
        await expectReplicas(replicas);
      });
      unnoticed(context, result);
    }
    assert.equal((await live.pod("nginx")).uid, uid);
    await stack.expectNoChange();
  });

  test("a new version of the service rolls without a failed request, and the old one is gone", async (context) => {
    const old = await live.pods("resume");
    const url = await stack.address("url");
    const former = await FormerVersion.read(url);
    changeContent(stack.project.folder, "Rolled without a gap");
    removePage(stack.project.folder);
    const place = {
      target: "kubernetes",
      labels: stackLabels("resume", name),
      namespace: live.namespace,
      access: clusterAccess({ kubeconfig, context: undefined }),
    } as const;
    const result = await underLoad(async () => {
      await stack.up();
      await purgeCaches(place);
      assert.deepEqual(await former.remains(), []);
      await expectReplicas(4);
    });
    unnoticed(context, result);
    for (const { image } of await live.pods("resume")) {
      assert.ok(old.every((pod) => pod.image !== image));
    }
    assert.match(await (await fetch(url)).text(), /Rolled without a gap/);
  });

  test("every replica killed, one by one: no GET fails", async (context) => {
    const result = await underLoad(async () => {
      for (const replica of await live.pods("resume")) {
        await live.kill(replica);
        await expectReplicas(4);
      }
    });
    unnoticed(context, result);
  });

  test("a node that is drained takes one replica at a time, and no GET fails", async (context) => {
    const result = await underLoad(async () => {
      const [one, other] = await live.pods("resume");
      assert.ok(one && other);
      assert.equal(await live.evict(one), true);
      assert.equal(await live.evict(other), false, "the budget allows one");
      await eventually(30, async () => assert.equal(await live.evict(other), true));
      await expectReplicas(4);
    });
    unnoticed(context, result);
  });

  test("Redis is back with what it had after its pod was killed, and pages stay meanwhile", async () => {
    const url = await stack.address("url");
    const body = new URLSearchParams({ theme: "dark" });
    const answer = await fetch(`${url}/theme`, { method: "POST", body, redirect: "manual" });
    const cookie = answer.headers.getSetCookie().at(0)?.split(";").at(0) ?? "";
    // It writes to its disk every second.
    await pause(1500);
    const old = await live.pod("redis");
    await live.kill(old);
    await eventually(60, async () => {
      assert.equal((await fetch(url)).status, 200);
      const now = await live.pod("redis");
      assert.ok(now.ready && now.uid !== old.uid);
    });
    await eventually(60, async () => assert.equal((await fetch(`${url}/ready`)).status, 200));
    // Each replica finds Redis again by itself.
    await eventually(10, async () =>
      assert.match(await (await fetch(url, { headers: { cookie } })).text(), /data-theme="dark"/),
    );
  });

  test("a change of nginx' config is a new nginx beside the old one: what crosses with a closing connection is sent once more by its client, and none is lost", async (context) => {
    const { uid } = await live.pod("nginx");
    const nofile = (Number(given("RESUME_TEST_NOFILE")) || parseConfig({}).nofile) - 1;
    await stack.set("resume:nofile", String(nofile));
    const clients = startClients(await stack.address("url"), ["/", "/api/resume", "/health"]);
    await stack.up();
    await eventually(90, async () => assert.deepEqual(await live.stopping(), []));
    const { sent, resent, failed } = await clients.stop();
    context.diagnostic(`${sent} requests sent, ${resent} sent again, ${failed} failed`);
    assert.equal(failed, 0);
    assert.ok(sent > 1000, `${sent}`);
    assert.notEqual((await live.pod("nginx")).uid, uid);
  });

  test("no secret is in a log, a plain object, a plain output, the state or what the CLI says", async () => {
    const shown = await stack.outputs("--show-secrets");
    const secrets = [shown.redisPassword, shown.grafanaPassword].map(String);
    for (const secret of secrets) {
      assert.match(secret, /^[A-Za-z0-9]{32}$/);
    }
    const places: [string, string][] = [
      ["the plain outputs", JSON.stringify(await stack.outputs())],
      ["the state", await stack.project.must("stack", "export", "--stack", name)],
      ["a preview with details", await stack.project.must("preview", "--diff", "--stack", name)],
      ["an object", await live.plainObjects()],
    ];
    for (const pod of await live.pods()) {
      places.push([`the log of ${pod.name}`, await live.logs(pod)]);
    }
    for (const [place, text] of places) {
      for (const secret of secrets) {
        assert.ok(!text.includes(secret), `a secret is in ${place}`);
        assert.ok(!text.includes(Buffer.from(secret).toString("base64")), `a secret is in ${place}`);
      }
    }
  });

  test("an image that can't be had is said, pages stay, and a second up goes on from there", async () => {
    const image = `${pushRegistry}/no-such-image:1`;
    // Not Redis': the plugin that is built here does not always wait for what has a volume of its own.
    await impatiently(30, async () => {
      await stack.set("--path", "resume:images.redisExporter", image);
      const said = await failedUp();
      assert.match(said, /redis-exporter/);
      assert.ok(said.includes(image), said);
    });
    const url = await stack.address("url");
    assert.equal((await fetch(url)).status, 200);
    await stack.project.must("config", "rm", "--path", "resume:images.redisExporter", "--stack", name);
    await stack.up();
    assert.ok((await live.pod("redis-exporter")).ready);
    await eventually(30, async () => assert.equal((await fetch(`${url}/ready`)).status, 200));
  });

  test("a quota that is too small is said, and a second up goes on from there", async () => {
    await live.allowPods((await live.pods()).length + 1);
    await stack.set("resume:replicas", "6");
    const start = new Date();
    await impatiently(12, async () => {
      await failedUp();
    });
    // What `npm run pulumi` adds to the plugin's own words, which do not name the quota.
    const complaints = await warningEvents(clusterAccess({ kubeconfig, context: undefined }), live.namespace, start);
    assert.ok(
      complaints.some((line) => /exceeded quota: few/.test(line)),
      complaints.join("\n"),
    );
    await live.allowAllPods();
    await stack.up();
    await expectReplicas(6);
  });

  test("the autoscaler raises the number of replicas under load, lowers it after, and leaves it when it goes", async (context) => {
    await stack.set("resume:replicas", "2");
    await stack.set("resume:cpus", "0.2");
    await stack.set("resume:autoscale", '{"max":4,"cpu":15}');
    await stack.up();
    await eventually(180, async () => assert.equal(await live.wanted("resume"), 2));
    const result = await underLoad(() => eventually(150, async () => assert.equal(await live.wanted("resume"), 4)));
    unnoticed(context, result);
    const idleFrom = performance.now();

    await stack.set("resume:sessionTtl", "2h");
    await stack.up("--refresh");
    const left = await live.pods("resume");
    // It lowers it after a minute without load, which a slow machine may need for this.
    if (performance.now() - idleFrom < 60_000) {
      assert.equal(left.length, 4, "an update leaves the autoscaler's number");
    }
    await stack.expectNoChange();
    await eventually(240, async () => assert.equal(await live.wanted("resume"), 2));

    await stack.project.must("config", "rm", "resume:autoscale", "--stack", name);
    await stack.set("resume:replicas", "3");
    await stack.up("--refresh");
    // What is no longer wanted is deleted last: until then the autoscaler may still have set its own number.
    await stack.up("--refresh");
    await expectReplicas(3);
  });

  test("destroy leaves nothing in the cluster", async () => {
    await stack.project.must("destroy", "--yes", "--stack", name);
    await eventually(30, async () => assert.deepEqual(await live.leftovers(), []));
  });
});

describe("what the cluster can't give", { skip, timeout: 5 * 60_000 }, () => {
  const stack = new ProjectStack(`${name}-bad`);
  const known: Record<string, string | undefined> = config;
  const other = `resume-${name}-other`;
  let live: StackOnCluster;

  before(async () => {
    live = new StackOnCluster(kubeconfig, `resume-${name}-bad`);
    await stack.initialise(config);
  });
  after(() => stack.remove());

  /** Sets one key, expects one sentence and that nothing was made, and takes the key back. */
  async function expectRefusal(key: string, value: string, sentence: RegExp): Promise<void> {
    await stack.set(key, value);
    const { code, output } = await stack.project.pulumi("up", "--yes", "--skip-preview", "--stack", stack.name);
    assert.notEqual(code, 0, output);
    assert.match(output, sentence);
    assert.doesNotMatch(output, /^ +at .*\.ts:/m, "a stack trace is shown");
    assert.deepEqual(await live.leftovers(), []);
    const previous = known[key];
    if (previous === undefined) {
      await stack.project.must("config", "rm", "--stack", stack.name, key);
    } else {
      await stack.set(key, previous);
    }
  }

  test("a wrong context", () =>
    expectRefusal("kubernetes:context", "moon", /kubernetes:context is "moon"; allowed: a context of /));

  test("an API server that does not answer", async () => {
    const file = join(stack.project.folder, "kubeconfig");
    writeFileSync(file, readFileSync(kubeconfig, "utf8").replaceAll(live.server, "https://127.0.0.1:1"));
    await expectRefusal(
      "kubernetes:kubeconfig",
      file,
      /No Kubernetes API server answers at https:\/\/127\.0\.0\.1:1 \(/,
    );
  });

  test("an API server that takes the connection and stays silent", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port }: Pick<AddressInfo, "port"> = Object(silent.address());
    const file = join(stack.project.folder, "kubeconfig");
    writeFileSync(file, readFileSync(kubeconfig, "utf8").replaceAll(live.server, `https://127.0.0.1:${port}`));
    try {
      await expectRefusal(
        "kubernetes:kubeconfig",
        file,
        /No Kubernetes API server answers at .* \(no answer within 10 s\)/,
      );
    } finally {
      silent.close();
    }
  });

  test("a namespace that is there already and is not the stack's", async () => {
    await live.createNamespace(other);
    try {
      await expectRefusal(
        "resume:namespace",
        other,
        /resume:namespace is "[^"]+"; allowed: the name of a namespace that/,
      );
    } finally {
      await live.deleteNamespace(other);
    }
  });

  test("a DNS that is not there", () =>
    expectRefusal("resume:dnsService", "moon.kube-system.svc.cluster.local", /resume:dnsService is "moon\./));

  test("a StorageClass that is not there", () =>
    expectRefusal(
      "resume:storageClass",
      "moon",
      /resume:storageClass is "moon"; allowed: a StorageClass of the cluster/,
    ));
});
