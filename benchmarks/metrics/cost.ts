import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Comparison, compare, type Effort, mergePairs, type Side } from "../compare.ts";
import { chooseEngine } from "../engines/choose.ts";
import type { LoadEngine } from "../engines/engine.ts";
import type { Target } from "../target.ts";

/** What may be lost of the requests a second that one replica answers, by measuring them. */
const leastWithMetrics = 0.97;

/**
 * V8 compiles each process its own way, and two equal ones differ by 3 % as a rule and by half now and then: so many pairs
 * of them are compared.
 */
const processes = 21;

/** Turns of each pair of processes, and how long one is in seconds, where nothing else is asked for. */
export const turnsOfProcesses = { rounds: 4, seconds: 1 };

/**
 * Compares processes of the service with such that measure nothing: no nginx, no containers, the probe that costs least.
 * `effort` is for each pair of processes.
 */
export async function metricsCost(effort: Effort, progress: (doing: string) => void): Promise<Comparison> {
  const engine = await chooseEngine();
  const comparisons: Comparison[] = [];
  for (let pair = 1; pair <= processes; pair++) {
    comparisons.push(
      await comparePair(engine, effort, (doing) => progress(`${doing}, processes ${pair} of ${processes}`)),
    );
  }
  const all = mergePairs(comparisons.flatMap(({ pairs }) => pairs));
  return { engine: engine.name, effort: { ...effort, rounds: effort.rounds * processes }, pairs: [all], paced: [] };
}

async function comparePair(engine: LoadEngine, effort: Effort, progress: (doing: string) => void): Promise<Comparison> {
  const on = await Server.start("on");
  const off = await Server.start("off").catch(async (error: unknown) => {
    await on.stop();
    throw error;
  });
  try {
    const pair = { name: "/health, metrics on : off", stack: on.side, reference: off.side, least: leastWithMetrics };
    return await compare(engine, effort, [pair], [], progress);
  } finally {
    await Promise.all([on.stop(), off.stop()]);
  }
}

/** The service as a process of this machine, with metrics or without. */
export class Server {
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
    try {
      for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
        const said: { message?: string; port?: number } = JSON.parse(line);
        if (said.message !== "listening" || said.port === undefined) continue;
        child.stdout?.resume();
        return new Server(child, said.port);
      }
      throw new Error("the service ended before it listened");
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
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
    // One that has ended already says so no more.
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
  }
}
