import { writeFileSync } from "node:fs";
import { compareWithBaseline, readResult } from "../../benchmarks/baseline.ts";
import { type Comparison, exitCode } from "../../benchmarks/compare.ts";
import { undiciName } from "../../benchmarks/engines/undici.ts";
import { loopbackUrl } from "../../benchmarks/loopback.ts";
import { machine } from "../../benchmarks/machine.ts";
import { metricsCost } from "../../benchmarks/metrics/cost.ts";
import { type BenchOptions, readOptions } from "../../benchmarks/options.ts";
import { baselineReport } from "../../benchmarks/report/baseline.ts";
import { report } from "../../benchmarks/report/comparison.ts";
import { Progress } from "../../benchmarks/report/progress.ts";
import { terminalReport } from "../../benchmarks/report/terminal.ts";
import { writeReport } from "../../benchmarks/report/write.ts";
import { allMet, type BenchResult } from "../../benchmarks/result.ts";
import { type Scenario, scenarios } from "../../benchmarks/scenarios.ts";
import { runScenarios } from "../../benchmarks/session.ts";
import { findStack } from "../../benchmarks/stack.ts";
import { compareStack } from "../../benchmarks/stack-comparison.ts";
import type { LocalStack } from "../../benchmarks/stage.ts";
import { findTargets } from "../../benchmarks/targets.ts";
import { limits, mustCarry } from "../../benchmarks/watch/machine.ts";
import { interruption } from "../lib/interruption.ts";
import { devOutputs, pulumiOutput, stackExists } from "../lib/pulumi.ts";
import { UserError } from "../lib/user-error.ts";
import { chromiumIfAny } from "../tools/chromium.ts";
import { client, engineIfAny } from "../tools/engine.ts";
import { findToolsWithoutImages, type ToolsWithoutImages } from "../tools/toolchain.ts";

const progress = new Progress(process.stderr);
const hears = (doing: string) => progress.say(doing);

/** The address to measure, the given one or the dev stack's, and the engine that it runs on. */
interface Found {
  url: URL;
  engine: { host: string; version: string } | undefined;
  /** Where it is the dev stack, which may be scaled. */
  tools: ToolsWithoutImages | undefined;
}

const find = async ({ url, owned }: BenchOptions): Promise<Found> => {
  if (url !== undefined) {
    // The stack may be anywhere; without an engine here nothing is known of its containers.
    return { url: loopbackUrl(url, owned), engine: await engineIfAny(), tools: undefined };
  }
  const tools = await findToolsWithoutImages();
  const { url: dev } = (await stackExists(tools)) ? await devOutputs(tools) : {};
  if (typeof dev !== "string") throw new UserError("There is no dev stack that runs. Bring it up with npm run up.");
  return { url: loopbackUrl(dev), engine: tools.engine, tools };
};

/** Sets the dev stack's replicas as its user would. */
const scaleWith = (tools: ToolsWithoutImages) => async (replicas: number) => {
  await pulumiOutput(tools, ["config", "set", "resume:replicas", String(replicas)]);
  await pulumiOutput(tools, ["up", "--yes", "--skip-preview"]);
};

const localStack = async ({ url, engine, tools }: Found): Promise<LocalStack | undefined> => {
  if (engine === undefined) return undefined;
  const docker = client(engine.host);
  try {
    return { engine: docker, stack: await findStack(docker, url), scale: tools && scaleWith(tools) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // A stack on Kubernetes, or something else.
    progress.say(`${url.host} is no stack of this Docker engine: containers are left out of the report`);
    return undefined;
  }
};

const print = (comparison: Comparison, engine: string | null, replicas: number): void => {
  process.stdout.write(`${report(comparison, machine(engine, replicas))}\n`);
};

const runComparison = async (options: BenchOptions): Promise<number> => {
  const { url, engine } = await find(options);
  if (engine === undefined) throw new UserError("No Docker engine answers, and the references are containers.");
  const { comparison, stack } = await compareStack(client(engine.host), url, options.effort, hears);
  print(comparison, engine.version, stack.replicas.length);
  if (options.json !== undefined) {
    const on = machine(engine.version, stack.replicas.length);
    writeFileSync(options.json, `${JSON.stringify({ machine: on, ...comparison }, null, 2)}\n`);
  }
  return exitCode(comparison);
};

const runMetricsCost = async ({ effort }: BenchOptions): Promise<number> => {
  const comparison = await metricsCost({ ...effort, connections: 100 }, hears);
  print(comparison, null, 1);
  return exitCode(comparison);
};

const chosen = ({ names, users, seconds }: BenchOptions): Scenario[] =>
  scenarios
    .filter(({ name, usual }) => (names.length === 0 ? usual : names.includes(name)))
    .map((scenario) => ({ ...scenario, users: users ?? scenario.users, seconds: seconds ?? scenario.seconds }));

const runBench = async (options: BenchOptions): Promise<number> => {
  const baseline = options.baseline === undefined ? undefined : readResult(options.baseline);
  const list = chosen(options);
  mustCarry(Math.max(...list.map(({ users }) => users)), limits());
  const found = await find(options);
  const targets = await findTargets(found.url);
  const local = await localStack(found);
  const startedAt = new Date().toISOString();
  const results = await runScenarios({ url: found.url, targets, local, progress }, list);

  const withReferences = options.names.length === 0 && local !== undefined && !interruption.aborted;
  const comparison = withReferences
    ? (await compareStack(local.engine, found.url, options.effort, hears)).comparison
    : null;
  const result: BenchResult = {
    schema: 1,
    startedAt,
    url: found.url.href,
    machine: machine(
      local === undefined ? null : (found.engine?.version ?? null),
      local?.stack.replicas.length ?? null,
    ),
    scenarios: results,
    comparison,
    stopped: interruption.aborted,
  };
  process.stdout.write(`${terminalReport(result, undiciName)}\n`);
  if (comparison !== null && local !== undefined)
    print(comparison, found.engine?.version ?? null, local.stack.replicas.length);
  if (baseline !== undefined) process.stdout.write(`${baselineReport(compareWithBaseline(result, baseline))}\n`);
  for (const file of await writeReport(result, undiciName, options.report, chromiumIfAny())) progress.say(file);
  if (interruption.aborted) return 130;
  return allMet(result) ? 0 : 1;
};

/**
 * `npm run bench`: scenarios against a running stack. 0 where all targets are met, 1 where one is not, 2 where it could
 * not run, 130 where the user stopped it.
 */
const bench = async (args: string[]): Promise<number> => {
  try {
    const options = readOptions(args);
    if (options.what === "compare") return await runComparison(options);
    return options.what === "metrics-cost" ? await runMetricsCost(options) : await runBench(options);
  } catch (error) {
    if (interruption.aborted) throw error;
    process.stderr.write(`bench: ${error instanceof UserError ? error.message : String(Object(error).stack)}\n`);
    return 2;
  }
};

export default bench;
