import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, before, describe, type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { scrapeIntervalSeconds } from "../../prometheus/config.ts";
import { replicasUp } from "../../prometheus/expressions.ts";
import { alertNames, recorded } from "../../prometheus/names.ts";
import type { RunningContainer } from "./support/engine.ts";
import { eventually } from "./support/eventually.ts";
import { loadConnections } from "./support/load.ts";
import { firing, query } from "./support/prometheus.ts";
import { expectNoFailure, TestStack } from "./support/stack.ts";

const stack = new TestStack(`faults-${process.pid}`);
const { live } = stack;

let url: string;
let prometheus: string;

const status = async (path: string, init?: RequestInit) => {
  const response = await fetch(`${url}${path}`, { redirect: "manual", ...init });
  await response.arrayBuffer();
  return response.status;
};

const handle = ({ id }: { id: string }) => live.engine.getContainer(id);

/** Plays a fault while clients keep asking; no GET may fail, and the report says how many there were. */
async function unnoticed(context: TestContext, fault: () => Promise<void>): Promise<void> {
  const result = await stack.underLoad(async () => {
    await pause(1000);
    await fault();
    await pause(2000);
  });
  context.diagnostic(`${result.sent} requests sent, ${result.failed} failed`);
  expectNoFailure(result);
}

async function replicas(): Promise<RunningContainer[]> {
  const found = await live.containers("resume");
  assert.equal(found.length, 4);
  return found;
}

const allHealthy = () => eventually(40, async () => assert.equal(await live.healthy("resume"), 4));

/** Seconds until it holds. @throws where it takes longer than `seconds` */
async function secondsUntil(seconds: number, attempt: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await eventually(seconds, attempt);
  return Math.round((performance.now() - start) / 100) / 10;
}

const fires = (name: string) => async () => assert.ok((await firing(prometheus)).includes(name), `${name} is quiet`);
const isQuiet = (name: string) => async () => assert.ok(!(await firing(prometheus)).includes(name), `${name} fires`);

/** The first stylesheet or other file that the home page loads. */
async function staticPath(): Promise<string> {
  const page = await (await fetch(`${url}/`)).text();
  const path = /"(\/static\/[^"]+)"/.exec(page)?.[1];
  assert.ok(path);
  return path;
}

describe("faults", { timeout: 15 * 60_000 }, () => {
  before(async () => {
    await stack.initialise();
    await stack.up();
    url = await stack.address("url");
    prometheus = await stack.address("prometheusUrl");
    await eventually(20, async () => assert.equal(await status("/health"), 200));
  });
  after(() => stack.remove());

  test("a killed replica shows within two scrapes, ReplicaDown fires, and resolves when it is back", async (context) => {
    const [victim] = await replicas();
    assert.ok(victim);
    const counted = async (expression: string) => (await query(prometheus, expression)).at(0)?.value;
    // The alert compares with what there was: Prometheus has to have counted all four once.
    await eventually(30, async () => assert.equal(await counted(recorded.replicasOfVersion), 4));
    assert.equal(await counted(replicasUp), 4);
    let seen: number;
    let fired: number;
    await handle(victim).kill();
    try {
      seen = await secondsUntil(2 * scrapeIntervalSeconds, async () => assert.equal(await counted(replicasUp), 3));
      // Counted and compared within an evaluation each, and then two scrapes long: that is the most it may take.
      fired = await secondsUntil(4 * scrapeIntervalSeconds + 2, fires(alertNames.replicaDown));
    } finally {
      await handle(victim).start();
    }
    const resolved = await secondsUntil(30, isQuiet(alertNames.replicaDown));
    context.diagnostic(`seen after ${seen} s, fired ${fired} s later, resolved ${resolved} s after the start`);
    await allHealthy();
  });

  test("every replica killed, one by one: no GET fails", async (context) => {
    await unnoticed(context, async () => {
      for (const replica of await replicas()) {
        await handle(replica).kill();
        await pause(1500);
        await handle(replica).start();
        await allHealthy();
      }
    });
  });

  test("a replica drained: no GET fails", async (context) => {
    await unnoticed(context, async () => {
      const [replica] = await replicas();
      assert.ok(replica);
      await handle(replica).stop({ t: 20 });
      await handle(replica).start();
      await allHealthy();
    });
  });

  test("a replica that hangs: no GET fails", async (context) => {
    await unnoticed(context, async () => {
      const [replica] = await replicas();
      assert.ok(replica);
      await handle(replica).pause();
      await pause(15_000);
      await handle(replica).unpause();
    });
    await allHealthy();
  });

  test("all replicas down: pages and static files come from the cache, also for those who have a session; NoReplica fires, and resolves", async () => {
    const pages = ["/", "/resume.json", await staticPath()];
    for (const path of pages) assert.equal(await status(path), 200);
    const all = await replicas();
    await Promise.all(all.map((replica) => handle(replica).kill()));
    try {
      for (let second = 0; second < 15; second++) {
        for (const path of pages) assert.equal(await status(path), 200, `${path} after ${second} s`);
        assert.equal(await status("/", { headers: { cookie: "resume_session=whatever" } }), 200);
        await pause(1000);
      }
      assert.equal(await status("/theme", { method: "POST", body: new URLSearchParams({ theme: "dark" }) }), 502);
      await eventually(30, fires(alertNames.noReplica));
    } finally {
      await Promise.all(all.map((replica) => handle(replica).start()));
    }
    await allHealthy();
    await eventually(10, async () => assert.equal(await status("/health"), 200));
    await eventually(20, isQuiet(alertNames.noReplica));
  });

  for (const fault of ["killed", "paused", "cut off from the network"] as const) {
    test(`Redis ${fault}: pages stay, storing is refused clearly, and it heals within 5 s`, async () => {
      const redis = handle({ id: await live.idOf("redis") });
      const { NetworkSettings } = await redis.inspect();
      const [network = ""] = Object.keys(NetworkSettings.Networks);
      const away = {
        killed: () => redis.kill(),
        paused: () => redis.pause(),
        "cut off from the network": () =>
          live.engine.getNetwork(network).disconnect({ Container: redis.id, Force: true }),
      }[fault];
      const back = {
        killed: () => redis.start(),
        paused: () => redis.unpause(),
        "cut off from the network": () =>
          live.engine.getNetwork(network).connect({ Container: redis.id, EndpointConfig: { Aliases: ["redis"] } }),
      }[fault];
      const theme = () => status("/theme", { method: "POST", body: new URLSearchParams({ theme: "dark" }) });

      await away();
      try {
        await eventually(10, async () => assert.equal(await status("/ready"), 503));
        assert.equal(await status("/"), 200);
        assert.equal(await status("/api/resume/summary"), 200);
        assert.equal(await theme(), 503);
      } finally {
        await back();
      }
      await eventually(5, async () => assert.equal(await status("/ready"), 200));
      await eventually(5, async () => assert.equal(await theme(), 303));
    });
  }

  test("two hundred clients that send slowly hold nobody up", async () => {
    const { hostname, port } = new URL(url);
    const slow: Socket[] = Array.from({ length: 200 }, () => connect(Number(port), hostname));
    try {
      for (const socket of slow) {
        socket.on("error", () => socket.destroy());
        socket.write("GET / HTTP/1.1\r\nHost: slow\r\nX-Slow: ");
      }
      for (let second = 0; second < 5; second++) {
        for (const socket of slow) if (socket.writable) socket.write("a");
        const started = performance.now();
        assert.equal(await status("/health"), 200);
        assert.ok(performance.now() - started < 2000);
        await pause(1000);
      }
    } finally {
      for (const socket of slow) socket.destroy();
    }
  });

  test("nginx told to reload: every request that reaches it is answered", async (context) => {
    const nginx = handle({ id: await live.idOf("nginx") });
    const reloads = 3;
    const { sent, failures } = await stack.underLoad(async () => {
      for (let times = 0; times < reloads; times++) {
        await nginx.kill({ signal: "SIGHUP" });
        await pause(2000);
      }
    });
    // An old worker closes its kept connections. A request that crosses with that has not been read; browsers send it
    // again by themselves, this load does not.
    context.diagnostic(`${sent} requests sent, ${failures.connections} to be sent again`);
    assert.ok(sent > 100);
    assert.equal(failures.answers + failures.timeouts, 0);
    assert.ok(failures.connections <= reloads * loadConnections);
  });
});
