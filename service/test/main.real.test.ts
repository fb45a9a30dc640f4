import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { askPort, SERVICE_ROOT } from "./service.ts";

interface Process {
  readonly child: ChildProcess;
  readonly lines: readonly string[];
  /** The port that it listens on; rejects when it ends before. */
  readonly port: Promise<number>;
  /** The exit code. */
  readonly exit: Promise<number | null>;
}

/** The real service as a process of its own. */
function startProcess(env: Readonly<Record<string, string>>): Process {
  const child = spawn(process.execPath, [join(SERVICE_ROOT, "src", "main.ts")], {
    env: { PATH: process.env.PATH, PORT: "0", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const exit = once(child, "close").then(([code]: readonly unknown[]) => (typeof code === "number" ? code : null));
  const port = new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      const event: unknown = JSON.parse(line);
      if (typeof event !== "object" || event === null || !("port" in event)) {
        return;
      }
      if (typeof event.port === "number") {
        resolve(event.port);
      }
    });
    exit.then((code) => reject(new Error(`it ended with ${code}: ${lines.join("\n")}`)));
  });
  port.catch(() => undefined);
  return { child, lines, port, exit };
}

interface Load {
  /** From when on a fresh connection may be refused, on performance.now()'s clock. */
  mayRefuseFrom: number;
  stop(): Promise<{ readonly answered: number; readonly failures: readonly string[] }>;
}

/**
 * Clients that ask one request after the other over kept connections, as nginx does. A failure is a bad status, a
 * broken response, a kept connection that breaks under a request, or a fresh one refused too early. A fresh connection
 * refused once the listening socket closes is none: a balancer takes the next replica; that client then ends.
 */
function startLoad(port: number, clients: number): Load {
  let running = true;
  let answered = 0;
  const failures: string[] = [];

  const ask = (agent: Agent) =>
    new Promise<string>((resolve) => {
      const sent = request({ host: "127.0.0.1", port, path: "/", agent }, (response) => {
        response.resume();
        response.on("error", (error) => resolve(`broken response: ${error.message}`));
        response.on("end", () => resolve(response.statusCode === 200 ? "answered" : `status ${response.statusCode}`));
      });
      sent.on("error", (error) => {
        const mayRefuse = !sent.reusedSocket && performance.now() >= load.mayRefuseFrom;
        resolve(mayRefuse ? "refused" : `broken request: ${error.message}`);
      });
      sent.end();
    });

  const client = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (running) {
      const outcome = await ask(agent);
      if (outcome === "answered") {
        answered += 1;
      } else if (outcome !== "refused") {
        failures.push(outcome);
      }
      if (outcome !== "answered") {
        break;
      }
      await pause(2);
    }
    agent.destroy();
  };

  const load: Load = {
    mayRefuseFrom: Number.POSITIVE_INFINITY,
    stop: async () => {
      running = false;
      await all;
      return { answered, failures };
    },
  };
  const all = Promise.all(Array.from({ length: clients }, client));
  return load;
}

test("told to stop under load, it fails no request and exits with 0", async () => {
  const { child, lines, port: listening, exit } = startProcess({ DRAIN_SECONDS: "2" });
  const port = await listening;
  const load = startLoad(port, 20);
  await pause(500);
  // Before it is told: this process may lose its turn. Less than two seconds, as timers count in whole milliseconds.
  load.mayRefuseFrom = performance.now() + 1980;
  child.kill("SIGTERM");
  await pause(200);
  assert.equal((await askPort(port, "/ready")).status, 503);
  assert.equal((await askPort(port, "/health")).status, 200);
  assert.equal(await exit, 0);
  const { answered, failures } = await load.stop();
  assert.deepEqual(failures, []);
  assert.ok(answered > 100, `only ${answered} were answered`);
  assert.match(lines.at(-1) ?? "", /"message":"stopped".*"finished":true/);
});

test("a request under way is finished after the socket is closed", async () => {
  const { child, port: listening, exit } = startProcess({ DRAIN_SECONDS: "0" });
  const port = await listening;
  const body = "theme=dark";
  const answer = new Promise<number | undefined>((resolve, reject) => {
    const headers = { "Content-Type": "application/x-www-form-urlencoded", "Content-Length": body.length };
    const sent = request({ host: "127.0.0.1", port, path: "/theme", method: "POST", headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on("error", reject);
    sent.write(body.slice(0, 5));
    setTimeout(() => child.kill("SIGTERM"), 200);
    setTimeout(() => sent.end(body.slice(5)), 900);
  });
  await pause(600);
  await assert.rejects(askPort(port, "/health"), /ECONNREFUSED/);
  assert.equal(await answer, 503, "answered, though without Redis there is nothing to store in");
  assert.equal(await exit, 0);
});

test("told twice, it ends at once, not with 0, and says so", async () => {
  const { child, lines, port, exit } = startProcess({ DRAIN_SECONDS: "30" });
  await port;
  child.kill("SIGTERM");
  await pause(200);
  child.kill("SIGTERM");
  assert.equal(await exit, 1);
  assert.match(lines.at(-1) ?? "", /received a second signal while draining/);
});

test("a bad environment is one clear line and exit code 1", async () => {
  const { lines, exit } = startProcess({ PORT: "http", DRAIN_SECONDS: "soon" });
  assert.equal(await exit, 1);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /PORT is \\"http\\".*DRAIN_SECONDS is \\"soon\\"/);
  assert.doesNotMatch(lines[0] ?? "", /stack/);
  assert.ok(lines[0]?.includes(`"replica":"${hostname()}"`), "it says who can't start");
});

test("with a Redis that is not there, it starts, serves and stops", async () => {
  const { secretFile } = await import("./service.ts");
  const {
    child,
    port: listening,
    exit,
  } = startProcess({
    DRAIN_SECONDS: "0",
    REDIS_HOST: "127.0.0.1",
    REDIS_PORT: "1",
    SESSION_KEY_FILE: secretFile("0123456789abcdef"),
  });
  const port = await listening;
  assert.equal((await askPort(port, "/")).status, 200);
  const ready = await askPort(port, "/ready");
  assert.equal(ready.status, 503);
  assert.match(ready.text, /redis is connecting/);
  child.kill("SIGTERM");
  assert.equal(await exit, 0);
});

test("a tunnel's client that goes away at once takes nothing with it", async () => {
  const { child, port: listening, exit } = startProcess({ DRAIN_SECONDS: "0" });
  const port = await listening;
  for (let times = 0; times < 40; times++) {
    const socket = connect(port, "127.0.0.1").on("error", () => socket.destroy());
    await once(socket, "connect");
    socket.write("CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n");
    // Before its answer, with it, or after it.
    await pause(times % 4);
    socket.resetAndDestroy();
  }
  assert.equal((await askPort(port, "/health")).status, 200);
  child.kill("SIGTERM");
  assert.equal(await exit, 0);
});
