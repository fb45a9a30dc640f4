import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Comparison, compare, type Effort, type Side } from "../compare.ts";
import { chooseEngine } from "../engines/choose.ts";
import type { Target } from "../target.ts";

/** What may be lost of the requests a second that one replica answers, by measuring them. */
const leastWithMetrics = 0.97;

/** Compares one process of the service with the same without prom-client: no nginx, no containers, the probe that costs least. */
export async function metricsCost(effort: Effort, progress: (doing: string) => void): Promise<Comparison> {
  const on = await Server.start("on");
  const off = await Server.start("off").catch(async (error: unknown) => {
    await on.stop();
    throw error;
  });
  try {
    const pair = { name: "/health, metrics on : off", stack: on.side, reference: off.side, least: leastWithMetrics };
    return await compare(await chooseEngine(), effort, [pair], [], progress);
  } finally {
    await Promise.all([on.stop(), off.stop()]);
  }
}

class Server {
  readonly #child: ChildProcess;
  readonly #target: Target;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#target = {
      url: `http://127.0.0.1:${port}/health`,
      headers: {},
      expected: { encoding: undefined, body: { kind: "json", texts: { status: "ok" } } },
    };
  }

  /** @throws Error where the service ends before it listens */
  static async start(metrics: "on" | "off"): Promise<Server> {
    const child = fork(fileURLToPath(new URL("server.ts", import.meta.url)), [metrics], {
      env: { PATH: process.env.PATH, PORT: "0", NODE_ENV: "production" },
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
      const said: { message?: string; port?: number } = JSON.parse(line);
      if (said.message !== "listening" || said.port === undefined) continue;
      child.stdout?.resume();
      return new Server(child, said.port);
    }
    throw new Error("the service ended before it listened");
  }

  get side(): Side {
    return { target: this.#target, cpu: async () => ({ nginx: 0, replicas: await this.#cpuSeconds() }) };
  }

  async #cpuSeconds(): Promise<number> {
    this.#child.send("cpu");
    const [seconds] = await once(this.#child, "message");
    return Number(seconds);
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
  }
}
