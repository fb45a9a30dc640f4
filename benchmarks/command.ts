import { writeFileSync } from "node:fs";
import { at } from "../lib/at.ts";
import { clientAt } from "../lib/docker-engine.ts";
import { projectRoot } from "../lib/paths.ts";
import { run } from "../lib/run.ts";
import { UserError } from "../lib/user-error.ts";
import { pulumiOutput, stackExists, stackOutputs } from "../toolchain/lib/pulumi.ts";
import { chromiumIfAny } from "../toolchain/tools/chromium.ts";
import { engineIfAny } from "../toolchain/tools/engine.ts";
import { findToolsWithoutImages, type ToolsWithoutImages } from "../toolchain/tools/toolchain.ts";
import { timeoutMs } from "./address.ts";
import { readResult } from "./baseline.ts";
import { exitCode } from "./compare.ts";
import { assertRunnable, type LocalStack, type Scaling } from "./context.ts";
import { undiciName } from "./load/engine.ts";
import { allowedUrl } from "./loopback.ts";
import { assertCapacity, limits, machine, warnings } from "./machine.ts";
import { type BenchOptions, chosenScenarios, readOptions } from "./options.ts";
import { report } from "./report/comparison.ts";
import { Progress } from "./report/progress.ts";
import { terminalReport } from "./report/terminal.ts";
import { writePictures, writeReport, writeResult } from "./report/write.ts";
import { codeOf, type RunFacts, schema } from "./result.ts";
import { type ComparisonPlan, runSession } from "./session.ts";
import { findSite } from "./site.ts";
import { findStack, stackFacts } from "./stack.ts";
import { compareStack } from "./stack-comparison.ts";

const progress = new Progress(process.stderr);
function onProgress(doing: string) {
  return progress.say(doing);
}

/** The address to measure, the given one or the dev stack's, and the engine that it runs on. */
interface Found {
  url: URL;
  engine: { host: string; version: string } | undefined;
  /** Where it is the dev stack, which may be scaled. */
  tools: ToolsWithoutImages | undefined;
}

async function find({ url, owned }: BenchOptions): Promise<Found> {
  if (url !== undefined) {
    // The stack may be on another machine. Its containers are measured on an engine of this one only.
    return { url: await allowedUrl(url, owned ? "user" : "unknown"), engine: await engineIfAny(), tools: undefined };
  }
  const tools = await findToolsWithoutImages();
  const { url: dev } = (await stackExists(tools)) ? await stackOutputs(tools) : {};
  if (typeof dev !== "string") {
    throw new UserError("There is no dev stack that runs. Bring it up with npm run up.");
  }
  return { url: await allowedUrl(dev, "stack"), engine: tools.engine, tools };
}

const replicasKey = "resume:replicas";

/** Scales the dev stack as its user would. Reads the config's present value, to restore it. */
async function startScaling(tools: ToolsWithoutImages): Promise<Scaling> {
  const before = at(JSON.parse(await pulumiOutput(tools, ["config", "--json"])), replicasKey, "value");
  const up = () => pulumiOutput(tools, ["up", "--yes", "--skip-preview"]);
  const set = (value: string) => pulumiOutput(tools, ["config", "set", replicasKey, value]);
  return {
    async to(replicas) {
      await set(String(replicas));
      await up();
    },
    async back() {
      if (before === undefined) {
        await pulumiOutput(tools, ["config", "rm", replicasKey]);
      } else {
        await set(String(before));
      }
      await up();
    },
  };
}

async function localStack({ url, engine, tools }: Found): Promise<LocalStack | undefined> {
  if (engine === undefined) {
    return undefined;
  }
  const docker = clientAt(engine.host);
  try {
    return { engine: docker, stack: await findStack(docker, url), startScaling: tools && (() => startScaling(tools)) };
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    // A stack on Kubernetes, or something else.
    progress.say(`${error.message} Containers are left out of the report`);
    return undefined;
  }
}

async function runComparison(options: BenchOptions): Promise<number> {
  const { url, engine } = await find(options);
  if (engine === undefined) {
    throw new UserError("No Docker engine answers, and the references are containers.");
  }
  const { comparison, stack } = await compareStack(clientAt(engine.host), url, options.effort, onProgress);
  const on = machine(engine.version, stack.replicas.length);
  process.stdout.write(`${report(comparison, on)}\n`);
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify({ machine: on, ...comparison }, null, 2)}\n`);
  }
  return exitCode(comparison);
}

/** The commit that runs, "+" behind it where files differ from it; null where git or its folder is not there. */
async function commit(): Promise<string | null> {
  const git = (...args: string[]) => run("git", args, { cwd: projectRoot });
  const [head, changes] = [await git("rev-parse", "HEAD"), await git("status", "--porcelain")];
  if (head.code !== 0 || changes.code !== 0) {
    return null;
  }
  return `${head.stdout.trim()}${changes.stdout === "" ? "" : "+"}`;
}

async function factsOf(args: string[], { url, engine }: Found, local: LocalStack | undefined): Promise<RunFacts> {
  return {
    schema,
    startedAt: new Date().toISOString(),
    url: url.href,
    command: ["npm run bench --", ...args].join(" "),
    commit: await commit(),
    machine: machine(
      local === undefined ? null : (engine?.version ?? null),
      local === undefined ? null : local.stack.replicas.length,
    ),
    load: { engine: undiciName, timeoutMs },
    stack: local === undefined ? null : await stackFacts(local.engine, local.stack),
    warnings: warnings(limits()),
  };
}

/** A run without named scenarios ends with the comparison, where the references can be started. */
function comparisonPlan(
  { names, effort }: BenchOptions,
  { url }: Found,
  local: LocalStack | undefined,
): ComparisonPlan {
  if (names.length > 0) {
    return undefined;
  }
  if (local === undefined) {
    return "not from here";
  }
  return { run: async () => (await compareStack(local.engine, url, effort, onProgress)).comparison };
}

async function runScenarios(options: BenchOptions, args: string[]): Promise<number> {
  const baseline = options.baseline === undefined ? undefined : readResult(options.baseline);
  const scenarios = chosenScenarios(options);
  assertCapacity(Math.max(...scenarios.map(({ users }) => users)), limits());
  const found = await find(options);
  const site = await findSite(found.url);
  const local = await localStack(found);
  assertRunnable(scenarios, local);
  const facts = await factsOf(args, found, local);
  for (const warning of facts.warnings) {
    progress.say(warning);
  }
  const result = await runSession({
    facts,
    context: { url: found.url, site, local, progress },
    scenarios,
    comparison: comparisonPlan(options, found, local),
    baseline,
    keep: (result) => writeResult(result, options.report),
  });
  process.stdout.write(`${terminalReport(result)}\n`);
  for (const line of writeReport(result, options.report)) {
    progress.say(line);
  }
  for (const line of await writePictures(result, options.report, chromiumIfAny())) {
    progress.say(line);
  }
  return codeOf(result);
}

/**
 * `npm run bench`: scenarios against a running stack. 0 where all thresholds are met, 1 where one is not, 130 where the user
 * stopped it.
 *
 * @throws {Error} when it could not run
 */
export async function bench(args: string[]): Promise<number> {
  const options = readOptions(args);
  return options.what === "compare" ? runComparison(options) : runScenarios(options, args);
}
