import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { Writable } from "node:stream";
import { after, before, describe, type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { captureOutputs, execInContainer } from "../../lib/exec.ts";
import { scrapeIntervalSeconds } from "../../prometheus/config.ts";
import { replicasUp } from "../../prometheus/expressions.ts";
import { alertNames, recorded } from "../../prometheus/names.ts";
import { usualContent } from "../system/content.ts";
import { encodings, siteLanguages, sitePaths } from "../system/site-paths.ts";
import type { RunningContainer } from "./support/engine.ts";
import { eventually } from "./support/eventually.ts";
import { ask, form, startClients, staticPath } from "./support/http.ts";
import { firing, query } from "./support/prometheus.ts";
import { expectNoFailure, TestStack } from "./support/stack.ts";

const stack = new TestStack(`faults-${process.pid}`);
const { live } = stack;

/** How long a crowd has to live on the cache; RESUME_TEST_LONG=1 takes the ten minutes that are promised. */
const downSeconds = process.env.RESUME_TEST_LONG === "1" ? 600 : 15;

let url: string;
let prometheus: string;

const status = async (path: string, init?: RequestInit) => {
  const response = await fetch(`${url}${path}`, { redirect: "manual", ...init });
  await response.arrayBuffer();
  return response.status;
};

const handle = ({ id }: { id: string }) => live.engine.getContainer(id);

/** Requests that a second replica was asked for, too, since nginx was started. */
const retried = async () =>
  (await live.jsonLines("nginx")).filter(({ upstreamStatus }) => /, | : /.test(String(upstreamStatus))).length;

/** Plays a fault while clients keep asking; no GET may fail, and the report says how many there were. */
async function unnoticed(context: TestContext, fault: () => Promise<void>): Promise<void> {
  const before = await retried();
  const result = await stack.underLoad(async () => {
    await pause(1000);
    await fault();
    await pause(2000);
  });
  const again = (await retried()) - before;
  context.diagnostic(`${result.sent} requests sent, ${result.failed} failed, ${again} retried by nginx`);
  expectNoFailure(result);
}

async function replicas(): Promise<RunningContainer[]> {
  const found = await live.containers("resume");
  assert.equal(found.length, 4);
  return found;
}

/** Ends a replica's process from inside: the engine starts what ends by itself again, and not what it was told to kill. */
async function crash({ id }: RunningContainer): Promise<void> {
  const script = `
    process._debugProcess(1);
    setTimeout(async () => {
      const [{ webSocketDebuggerUrl }] = await (await fetch("http://127.0.0.1:9229/json")).json();
      const socket = new WebSocket(webSocketDebuggerUrl);
      const abort = { id: 1, method: "Runtime.evaluate", params: { expression: "process.abort()" } };
      socket.onopen = () => socket.send(JSON.stringify(abort));
    }, 500);`;
  await captureOutputs((outputs) => execInContainer(live.engine, id, ["node", "-e", script], outputs));
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

/** Waits for the end of a connection, in whatever way it ends. @throws where it does not within `seconds` */
const closed = (socket: Socket, seconds: number) =>
  new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the connection is open after ${seconds} s`)), seconds * 1000);
    socket.once("close", () => {
      clearTimeout(late);
      resolve();
    });
  });

/** Texts of the messages that are stored, as the owner reads them. */
async function storedMessages(): Promise<string[]> {
  const [replica] = await replicas();
  assert.ok(replica);
  const exec = await handle(replica).exec({ Cmd: ["node", "dist/messages.js", "--json"], AttachStdout: true });
  const stream = await exec.start({});
  const chunks: Buffer[] = [];
  // Each piece of the output has a head of eight bytes before it.
  live.engine.modem.demuxStream(
    stream,
    new Writable({ write: (chunk, _, done) => done(void chunks.push(chunk)) }),
    process.stderr,
  );
  await once(stream, "end");
  const lines = Buffer.concat(chunks).toString("utf8").trim().split("\n");
  return lines.map((line) => String(JSON.parse(line).message));
}

describe("faults", { timeout: 30 * 60_000 }, () => {
  before(async () => {
    // This machine is a proxy that nginx trusts, so a test may be many clients.
    const imprint = "# Imprint\n\nNora Lindgren, 1 Harbour Street, Bristol, who answers for this site.\n";
    writeFileSync(join(stack.project.folder, "service/content/imprint.md"), imprint);
    await stack.initialise({ "resume:trustedProxies": "172.16.0.0/12,192.168.0.0/16,10.0.0.0/8" });
    await stack.up();
    url = await stack.address("url");
    prometheus = await stack.address("prometheusUrl");
    await eventually(20, async () => assert.equal(await status("/health"), 200));
  });
  after(() => stack.remove());

  test("a process that crashes is started again in its container, and ReplicaRestarted fires", async () => {
    const [victim] = await replicas();
    assert.ok(victim);
    // Of a container of the same name that was created anew, the alert knows another start: see promtool-cases.ts.
    await eventually(20, async () => assert.equal((await query(prometheus, recorded.startOfContainer)).length, 4));
    assert.ok(!(await firing(prometheus)).includes(alertNames.replicaRestarted));
    await crash(victim);
    await eventually(30, fires(alertNames.replicaRestarted));
    assert.equal((await handle(victim).inspect()).RestartCount, 1);
    await allHealthy();
  });

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

  for (const hanging of [1, 3]) {
    for (const how of ["paused", "stopped by SIGSTOP"] as const) {
      test(`${hanging} of 4 replicas ${how}: no GET fails`, async (context) => {
        const hung = (await replicas()).slice(0, hanging).map(handle);
        await unnoticed(context, async () => {
          try {
            for (const replica of hung) {
              await (how === "paused" ? replica.pause() : replica.kill({ signal: "SIGSTOP" }));
            }
            await pause(15_000);
          } finally {
            for (const replica of hung) {
              await (how === "paused" ? replica.unpause() : replica.kill({ signal: "SIGCONT" }));
            }
          }
        });
        await allHealthy();
      });
    }
  }

  test("a replica that hangs keeps nobody waiting for what is in the cache, nor on a connection that is kept", async (context) => {
    const [victim] = (await replicas()).map(handle);
    assert.ok(victim);
    const pages = ["/", "/projects", "/api/resume"];
    // Two clients, each with one connection: one asks again at once, one after the page has become stale.
    const clients = [0, 1200].map((pauseMs) => ({ pauseMs, agent: new Agent({ keepAlive: true, maxSockets: 1 }) }));
    const slowest = new Map<number, number>();
    for (const path of pages) {
      await ask(url, path);
    }
    await victim.pause();
    try {
      const end = performance.now() + 10_000;
      await Promise.all(
        clients.map(async ({ pauseMs, agent }) => {
          for (let count = 0; performance.now() < end; count++) {
            const start = performance.now();
            const path = pages[count % pages.length] ?? "/";
            assert.equal((await ask(url, path, { agent })).status, 200);
            // The next request on the same connection is the one that would wait for the refresh.
            assert.equal((await ask(url, path, { agent })).status, 200);
            slowest.set(pauseMs, Math.max(slowest.get(pauseMs) ?? 0, performance.now() - start));
            await pause(pauseMs || 20);
          }
        }),
      );
    } finally {
      await victim.unpause();
      for (const { agent } of clients) {
        agent.destroy();
      }
    }
    context.diagnostic(`the slowest two answers took ${[...slowest.values()].map(Math.round).join(" and ")} ms`);
    assert.ok(Math.max(...slowest.values()) < 500);
    await allHealthy();
  });

  test("all replicas stand still for 4 s, as on a machine that does: no GET fails", async (context) => {
    const all = (await replicas()).map(handle);
    await unnoticed(context, async () => {
      await Promise.all(all.map((replica) => replica.pause()));
      await pause(4000);
      await Promise.all(all.map((replica) => replica.unpause()));
      await pause(3000);
    });
    await allHealthy();
  });

  test("a replica that hangs and a private query: no log has the query, and nginx' lines are JSON", async () => {
    const [victim] = (await replicas()).map(handle);
    assert.ok(victim);
    const before = await retried();
    // One that was killed may be out of nginx' list before anybody has asked for it; one that hangs stays in it.
    await victim.pause();
    try {
      await eventually(20, async () => {
        for (let times = 0; times < 8; times++) {
          await status("/nowhere?token=private", { headers: { referer: "private" } });
        }
        assert.ok((await retried()) > before, "no request met the replica that hangs");
      });
    } finally {
      await victim.unpause();
    }
    await allHealthy();
    for (const { id, name } of await live.containers()) {
      assert.ok(!(await live.logs(id)).includes("private"), `the log of ${name} has it`);
    }
    const lines = (await live.logs(await live.idOf("nginx"))).split("\n").filter((line) => line !== "");
    // What is no request's: while no replica has an address, nginx says so as it can.
    const isExpected = (line: string) => line.endsWith("}") || / could not be resolved \(/.test(line);
    assert.deepEqual(
      lines.filter((line) => !isExpected(line)),
      [],
    );
  });

  test(`all replicas down for ${downSeconds} s: all that the site has is there in each encoding, also for those who have a session; NoReplica fires, and resolves`, async () => {
    const paths = [
      ...sitePaths(undefined, siteLanguages(usualContent)).filter((path) => !path.startsWith("/static/")),
      await staticPath(url),
    ];
    const asked = [
      ...encodings.map((encoding): Record<string, string> => ({ "Accept-Encoding": encoding })),
      { cookie: "resume_session=whatever" },
    ];
    const all = await replicas();
    await Promise.all(all.map((replica) => handle(replica).kill()));
    const start = performance.now();
    try {
      for (let round = 0; round < 3 || performance.now() - start < downSeconds * 1000; round++) {
        for (const path of paths) {
          for (const headers of asked) {
            const answer = await ask(url, path, { headers });
            assert.equal(answer.status, 200, `${path} with ${JSON.stringify(headers)} in round ${round}`);
            assert.ok(answer.body.length > 50, path);
          }
        }
        await pause(round < 3 ? 1000 : 5000);
      }
      for (const answer of [
        await ask(url, "/nowhere"),
        // Line breaks, a control character and a question mark that are part of the path.
        ...(await Promise.all(["/a%0ab", "/a%0d", "/%0a", "/a%01b", "/%3Fx"].map((path) => ask(url, path)))),
        await ask(url, "/health"),
        await ask(url, "/theme", form({ theme: "dark" })),
      ]) {
        // Their names lead nowhere, or, where the machine's DNS is slow to say so, to where nobody listens.
        assert.ok(answer.status === 502 || answer.status === 504, `${answer.status}`);
        assert.match(String(answer.headers["retry-after"]), /^\d+$/);
        assert.match(answer.body.toString("utf8"), /Back in a moment/);
      }
      // As they came: nginx' own answer is a GET of another path.
      const { headers } = await ask(url, "/theme?token=private", form({ theme: "dark" }));
      await eventually(5, async () => {
        const line = (await live.jsonLines("nginx")).find(({ id }) => id === headers["x-request-id"]);
        assert.deepEqual([line?.method, line?.uri], ["POST", "/theme"]);
      });
      await eventually(30, fires(alertNames.noReplica));
    } finally {
      await Promise.all(all.map((replica) => handle(replica).start()));
    }
    await allHealthy();
    await eventually(10, async () => assert.equal(await status("/health"), 200));
    await eventually(20, isQuiet(alertNames.noReplica));
  });

  for (const fault of ["killed", "paused", "cut off from the network"] as const) {
    test(`Redis ${fault}: pages stay, storing is refused clearly, and it heals within 5 s`, async (context) => {
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
        const refused = await ask(url, "/contact", form({ name: "Ada", email: "ada@example.com", message: "Hello" }));
        assert.equal(refused.status, 503);
        assert.match(String(refused.headers["retry-after"]), /^\d+$/);
      } finally {
        await back();
      }
      const seconds = await secondsUntil(5, async () => {
        const last = new Map<unknown, number>();
        for (let times = 0; times < 20; times++) {
          const { headers, status } = await ask(url, "/ready");
          last.set(headers["x-replica"], status);
        }
        assert.deepEqual([...last.values()], [200, 200, 200, 200]);
        assert.equal(await theme(), 303);
      });
      context.diagnostic(`all four replicas were ready ${seconds} s after Redis' return`);
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
        for (const socket of slow) {
          if (socket.writable) {
            socket.write("a");
          }
        }
        const started = performance.now();
        assert.equal(await status("/health"), 200);
        assert.ok(performance.now() - started < 2000);
        await pause(1000);
      }
    } finally {
      for (const socket of slow) {
        socket.destroy();
      }
    }
  });

  test("clients that send half a head, half a body, or never read are cut off", async () => {
    const { hostname, port } = new URL(url);
    /** Seconds until nginx ends the connection of a client that sends this and then nothing, and reads or not. */
    const secondsUntilCut = async (bytes: string, reads: boolean): Promise<number> => {
      const socket = connect(Number(port), hostname);
      const start = performance.now();
      socket.on("error", () => socket.destroy());
      socket.write(bytes);
      if (!reads) {
        await pause(45_000);
        // What had arrived before the cut is still there, and then comes the end: a server that waits goes on for ever.
        const resumed = performance.now();
        socket.resume();
        await closed(socket, 5);
        return (resumed - start) / 1000;
      }
      socket.resume();
      await closed(socket, 30);
      return (performance.now() - start) / 1000;
    };
    const get = "GET /resume.json HTTP/1.1\r\nHost: slow\r\n\r\n";
    const [head, body] = await Promise.all([
      secondsUntilCut("GET / HTTP/1.1\r\nHost: slow\r\nX-Slow: ", true),
      secondsUntilCut("POST /theme HTTP/1.1\r\nHost: slow\r\nContent-Length: 100\r\n\r\ntheme=", true),
      // More than the sockets' buffers hold.
      secondsUntilCut(get.repeat(4000), false),
    ]);
    for (const seconds of [head, body]) {
      assert.ok(seconds > 8 && seconds < 15, `cut after ${seconds} s`);
    }
    assert.equal(await status("/"), 200);
  });

  test("nginx told to reload: what crosses with that is sent once more by its client, and none is lost", async (context) => {
    const nginx = handle({ id: await live.idOf("nginx") });
    const clients = startClients(url, ["/", "/api/resume", "/health"]);
    for (let times = 0; times < 3; times++) {
      await nginx.kill({ signal: "SIGHUP" });
      await pause(5000);
    }
    const { sent, resent, failed } = await clients.stop();
    context.diagnostic(`${sent} requests sent, ${resent} sent again, ${failed} failed`);
    assert.ok(sent > 1000);
    assert.equal(failed, 0);
  });

  test("every container restarted in turn while messages come in: none that was taken is lost", async (context) => {
    const restarted = [await live.idOf("redis"), ...(await replicas()).map(({ id }) => id), await live.idOf("nginx")];
    let stopped = false;
    let sent = 0;
    const taken: string[] = [];
    const sender = async (): Promise<void> => {
      while (!stopped) {
        const message = `message ${sent++}`;
        // Each from another client: one alone may send few.
        const client = `198.18.${sent >> 8}.${sent & 255}`;
        const asking = form({ name: "Ada", email: "ada@example.com", message }, client);
        try {
          if ((await ask(url, "/contact", asking)).status === 303) {
            taken.push(message);
          }
        } catch (error) {
          // nginx was away: nobody was told that it is stored.
          if (!(error instanceof Error && "code" in error)) {
            throw error;
          }
        }
        await pause(20);
      }
    };
    const senders = Promise.all(Array.from({ length: 4 }, sender));
    try {
      for (const [index, id] of restarted.entries()) {
        await pause(500 + Math.random() * 1000);
        // By a signal that nothing can answer, and as an operator does it.
        if (index % 2 === 0) {
          await handle({ id }).kill();
          await handle({ id }).start();
        } else {
          await handle({ id }).restart();
        }
        await eventually(40, async () => {
          for (const { id, name } of await live.containers()) {
            const { State } = await handle({ id }).inspect();
            assert.equal(State.Health?.Status, "healthy", name);
          }
        });
      }
    } finally {
      stopped = true;
      await senders;
    }
    const stored = new Set(await storedMessages());
    const lost = taken.filter((message) => !stored.has(message));
    context.diagnostic(`${sent} messages sent, ${taken.length} taken, ${lost.length} lost`);
    assert.ok(taken.length > 100);
    assert.deepEqual(lost, []);
  });
});
