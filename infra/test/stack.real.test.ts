import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { stackLabels } from "../docker/labels.ts";
import { engineNofile } from "../docker/nofile.ts";
import { StackOnEngine } from "./support/engine.ts";
import { eventually } from "./support/eventually.ts";
import { type LoadResult, startLoad } from "./support/load.ts";
import { Project } from "./support/project.ts";
import { targets } from "./support/prometheus.ts";

// What the toolchain found out about this machine; unset means that the official images can be had and the defaults hold.
const { RESUME_TEST_REGISTRY: registry, RESUME_TEST_NOFILE: nofile, RESUME_TEST_GRAFANA: grafana } = process.env;
const hasGrafana = grafana !== "none";

const stack = `test-${process.pid}`;
const live = new StackOnEngine(stackLabels("resume", stack));
const loadPaths = ["/", "/api/resume", "/health"];

let project: Project;

const set = (...args: string[]) => project.must("config", "set", "--stack", stack, ...args);
const up = (...args: string[]) => project.must("up", "--yes", "--stack", stack, ...args);

/** Makes a stack with the config that this machine asks for, and ports that are free. */
async function initialise(name: string): Promise<void> {
  await project.must("stack", "init", name);
  const config: [string, string | undefined][] = [
    ["resume:imageRegistry", registry],
    ["resume:nofile", nofile],
    ["resume:images.grafana", grafana],
    ["resume:port", "0"],
    ["resume:grafanaPort", "0"],
    ["resume:prometheusPort", "0"],
  ];
  for (const [key, value] of config) {
    if (value) await project.must("config", "set", "--stack", name, "--path", key, value);
  }
}

/** The stack's outputs, as a script reads them. */
async function outputs(...args: string[]): Promise<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(await project.must("stack", "output", "--json", "--stack", stack, ...args));
  assert.ok(typeof parsed === "object" && parsed !== null);
  return { ...parsed };
}

async function address(output: "url" | "prometheusUrl"): Promise<string> {
  return String((await outputs())[output]);
}

/** Runs a change while clients keep asking, and tells what they saw. */
async function underLoad(change: () => Promise<unknown>): Promise<LoadResult> {
  const load = startLoad(await address("url"), loadPaths);
  try {
    await change();
  } catch (error) {
    await load.stop();
    throw error;
  }
  return load.stop();
}

async function expectReplicas(count: number): Promise<void> {
  assert.equal((await live.containers("resume")).length, count);
  assert.equal(await live.healthy("resume"), count);
  const prometheus = await address("prometheusUrl");
  await eventually(30, async () => assert.deepEqual((await targets(prometheus)).resume, { up: count, of: count }));
}

function expectNoFailure({ sent, failed, failures }: LoadResult): void {
  assert.ok(sent > 100, `the load sent only ${sent} requests`);
  assert.equal(failed, 0, `${failed} of ${sent} requests failed: ${JSON.stringify(failures)}`);
}

describe("the stack on Docker", { timeout: 20 * 60_000 }, () => {
  before(async () => {
    project = new Project();
    await initialise(stack);
  });
  after(async () => {
    await project.pulumi("destroy", "--yes", "--stack", stack);
    project.remove();
  });

  test("comes up from nothing", async () => {
    const said = await up();
    const told = await outputs();
    assert.equal(told.replicaCount, 4);
    if (hasGrafana) {
      assert.match(String(told.grafanaUrl), /^http:/);
    } else {
      assert.equal(told.grafanaUrl, null);
      assert.match(said, /Grafana is left out/);
    }
  });

  test("answers from each of four replicas", async () => {
    const url = await address("url");
    const seen = new Set<string | null>();
    await eventually(20, async () => {
      const response = await fetch(`${url}/health`);
      assert.equal(response.status, 200);
      seen.add(response.headers.get("x-replica"));
      assert.equal(seen.size, 4);
    });
  });

  test("shows the résumé", async () => {
    const resume: { basics: { name: string } } = JSON.parse(readFileSync("service/content/resume.json", "utf8"));
    const page = await fetch(await address("url"));
    assert.equal(page.status, 200);
    assert.ok((await page.text()).includes(resume.basics.name));
  });

  test("keeps the service's metrics to itself", async () => {
    assert.equal((await fetch(`${await address("url")}/metrics`)).status, 404);
    assert.equal((await fetch(`${await address("url")}/nginx-status`)).status, 404);
  });

  test("every scrape target is up", async () => {
    const prometheus = await address("prometheusUrl");
    await eventually(40, async () =>
      assert.deepEqual(await targets(prometheus), {
        nginx: { up: 1, of: 1 },
        prometheus: { up: 1, of: 1 },
        redis: { up: 1, of: 1 },
        resume: { up: 4, of: 4 },
      }),
    );
  });

  test("has nothing to change after that, also after a refresh", async () => {
    await project.must("preview", "--expect-no-changes", "--stack", stack);
    await project.must("refresh", "--yes", "--expect-no-changes", "--stack", stack);
    await project.must("preview", "--expect-no-changes", "--stack", stack);
  });

  test("idle, it uses less than 700 MB in all and a replica less than 90 MB", async () => {
    const used = await live.memory();
    for (const { component, bytes } of used) {
      if (component === "resume") assert.ok(bytes < 90e6, `a replica uses ${bytes} bytes`);
    }
    const total = used.reduce((sum, { bytes }) => sum + bytes, 0);
    assert.ok(total < 700e6, JSON.stringify(used));
  });

  test("mounts no host path and uses no host network", async () => {
    for (const { id, name } of await live.containers()) {
      const { Mounts, HostConfig } = await live.engine.getContainer(id).inspect();
      assert.deepEqual(
        Mounts.filter(({ Type }) => Type === "bind"),
        [],
        name,
      );
      assert.notEqual(HostConfig.NetworkMode, "host", name);
    }
  });

  test("scales from 4 to 8 and back to 2 without a failed request, and without touching nginx", async () => {
    const nginx = await live.idOf("nginx");
    for (const replicas of [8, 2]) {
      await set("resume:replicas", String(replicas));
      expectNoFailure(await underLoad(() => up()));
      await expectReplicas(replicas);
    }
    assert.equal(await live.idOf("nginx"), nginx);
  });

  test("a new version of the service rolls without a failed request, and the old one is gone", async () => {
    const nginx = await live.idOf("nginx");
    const old = await live.containers("resume");
    const file = join(project.folder, "service/content/resume.json");
    writeFileSync(file, readFileSync(file, "utf8").replace(/"label": "[^"]*"/, '"label": "Rolled without a gap"'));

    expectNoFailure(await underLoad(() => up()));

    await expectReplicas(2);
    const now = await live.containers("resume");
    for (const { id, image } of old) {
      assert.ok(now.every((container) => container.id !== id && container.image !== image));
    }
    assert.match(await (await fetch(await address("url"))).text(), /Rolled without a gap/);
    assert.equal(await live.idOf("nginx"), nginx);
  });

  test("a container that was killed by hand is healed by an up with refresh", async () => {
    const [victim] = await live.containers("resume");
    assert.ok(victim);
    await live.engine.getContainer(victim.id).kill();
    await up("--refresh");
    await expectReplicas(2);
    await project.must("preview", "--expect-no-changes", "--stack", stack);
  });

  test("no secret is in an image, a log, a plain output, the state or what the CLI says", async () => {
    const plain = await outputs();
    const shown = await outputs("--show-secrets");
    const secrets = [shown.redisPassword, shown.grafanaPassword].map(String);
    for (const secret of secrets) assert.match(secret, /^[A-Za-z0-9]{32}$/);

    const places: [string, string][] = [
      ["the plain outputs", JSON.stringify(plain)],
      ["the state", await project.must("stack", "export", "--stack", stack)],
      ["a preview with details", await project.must("preview", "--diff", "--stack", stack)],
    ];
    for (const { id, name, image } of await live.containers()) {
      places.push([`the log of ${name}`, await live.logs(id)]);
      places.push([`the image of ${name}`, JSON.stringify(await live.engine.getImage(image).inspect())]);
      places.push([`the history of ${name}'s image`, JSON.stringify(await live.engine.getImage(image).history())]);
    }
    for (const [place, text] of places) {
      for (const secret of secrets) assert.ok(!text.includes(secret), `a secret is in ${place}`);
    }
  });

  test("destroy leaves no container, network or volume", async () => {
    await project.must("destroy", "--yes", "--stack", stack);
    assert.deepEqual(await live.leftovers(), []);
  });
});

describe("a bad config", { timeout: 5 * 60_000 }, () => {
  const bad = `${stack}-bad`;
  const nothing = new StackOnEngine(stackLabels("resume", bad));

  before(async () => {
    project = new Project();
    await initialise(bad);
  });
  after(() => project.remove());

  /** Sets one key, expects the sentence and that nothing was made, and takes the key back. */
  async function expectRefusal(key: string, value: string, sentence: RegExp): Promise<void> {
    const before = await project.pulumi("config", "get", key, "--stack", bad);
    await project.must("config", "set", "--stack", bad, key, value);
    const { code, output } = await project.pulumi("up", "--yes", "--skip-preview", "--stack", bad);
    assert.notEqual(code, 0, output);
    assert.match(output, sentence);
    assert.doesNotMatch(output, /^ +at .*\.ts:/m, "a stack trace is shown");
    assert.deepEqual(await nothing.leftovers(), []);
    if (before.code === 0) await project.must("config", "set", "--stack", bad, key, before.output.trim());
    else await project.must("config", "rm", "--stack", bad, key);
  }

  const wrong: [string, string, RegExp][] = [
    ["resume:replicas", "0", /resume:replicas is "0"; allowed: a whole number from 1 to 64\./],
    ["resume:replicas", "65", /resume:replicas is "65"; allowed: a whole number from 1 to 64\./],
    ["resume:replicas", "abc", /resume:replicas is "abc"; allowed: a whole number from 1 to 64\./],
    ["resume:target", "moon", /resume:target is "moon"; allowed: docker or kubernetes\./],
  ];
  for (const [key, value, sentence] of wrong) {
    test(`${key}=${value} is one sentence and makes nothing`, () => expectRefusal(key, value, sentence));
  }

  test("a taken port is one sentence and makes nothing", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const taken = server.address();
    assert.ok(typeof taken === "object" && taken !== null);
    try {
      await expectRefusal(
        "resume:port",
        String(taken.port),
        new RegExp(`resume:port is "${taken.port}"; allowed: a port`),
      );
    } finally {
      server.close();
    }
  });

  test("nofile above the machine's limit is one sentence and makes nothing", async (context) => {
    const limit = engineNofile();
    if (limit === undefined || limit >= 1_048_576) return context.skip("this machine's engine has no such limit");
    await expectRefusal("resume:nofile", String(limit + 1), new RegExp(`at most ${limit}, what the Docker daemon`));
  });
});
