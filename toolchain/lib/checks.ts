import { randomUUID } from "node:crypto";
import { globSync, mkdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { readJsonLeniently } from "../../lib/json-file.ts";
import { inCache, projectRoot } from "../../lib/paths.ts";
import { say, seconds, stopwatch } from "../../lib/report.ts";
import { run, runAttached } from "../../lib/run.ts";

const countSchema = z.object({ passed: z.number(), failed: z.number() });

/** How many tests passed and failed. Types and lint count as one test each. */
export type Count = z.infer<typeof countSchema>;

export function sum(counts: Count[]): Count {
  return {
    passed: counts.reduce((total, { passed }) => total + passed, 0),
    failed: counts.reduce((total, { failed }) => total + failed, 0),
  };
}

/** Runs a tool as one test. Its output is printed at the end, and only when it fails: several tools run at once. */
async function checkWith(name: string, tool: string, args: string[]): Promise<Count> {
  const elapsed = stopwatch();
  const { code, stdout, stderr } = await run(join(projectRoot, "node_modules/.bin", tool), args, { cwd: projectRoot });
  if (code !== 0) {
    process.stdout.write(`${stdout}${stderr}`);
  }
  say(name, `${code === 0 ? "right" : "wrong"}, ${seconds(elapsed())}`);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** The project's test files: those that need an engine or a cluster or start programs for seconds (`*.real.test.ts`), or the others. */
export function testFiles(kind: "unit" | "real"): string[] {
  const exclude = (name: string): boolean => /(^|\/)(node_modules|\.toolchain|\.pulumi|dist)(\/|$)/.test(name);
  const files = globSync("**/*.test.ts", { cwd: projectRoot, exclude });
  return files.filter((file) => file.endsWith(".real.test.ts") === (kind === "real")).sort();
}

/** Has Node's test runner started, and reads how many tests passed. A runner that fails without a failed test counts as one. */
async function countTests(args: string[], start: (args: string[]) => Promise<number>): Promise<Count> {
  const result = inCache(`test-count-${process.pid}-${randomUUID()}.json`);
  mkdirSync(inCache(), { recursive: true });
  const reporters = [
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    `--test-reporter=${join(import.meta.dirname, "counting-reporter.ts")}`,
    `--test-reporter-destination=${result}`,
  ];
  try {
    const code = await start(["--test", ...reporters, ...args]);
    const count = countSchema.safeParse(readJsonLeniently(result)).data ?? { passed: 0, failed: 0 };
    return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
  } finally {
    rmSync(result, { force: true });
  }
}

/** Runs test files on this terminal, each in a process of its own. */
export async function runTests(
  files: string[],
  { concurrency, env }: { concurrency: number; env: Record<string, string | undefined> },
): Promise<Count> {
  return files.length === 0
    ? { passed: 0, failed: 0 }
    : countTests([`--test-concurrency=${concurrency}`, ...files], (args) =>
        runAttached(process.execPath, args, { cwd: projectRoot, env }),
      );
}

/** Runs test files in one process; a single one apart from the runner, which a signal would end. The output is printed at the end, and only when a test fails. */
async function runTogether(files: string[]): Promise<Count> {
  const elapsed = stopwatch();
  const count = await countTests([...(files.length > 1 ? ["--test-isolation=none"] : []), ...files], async (args) => {
    // Most of the time goes into loading Pulumi's SDK and the like.
    const env = { NODE_COMPILE_CACHE: inCache("compile-cache") };
    const { code, stdout, stderr } = await run(process.execPath, args, { cwd: projectRoot, env });
    if (code !== 0) {
      process.stdout.write(`${stdout}${stderr}`);
    }
    return code;
  });
  const rooms = [...new Set(files.map((file) => file.split("/", 1)[0]))];
  say("tests", `${rooms.join(", ")}: ${count.passed} passed, ${count.failed} failed, ${seconds(elapsed())}`);
  return count;
}

/** Rooms whose unit tests run in one process: loading Pulumi's SDK and the like takes longer than most tests. */
const sharedProcesses = [
  ["toolchain", "lib", "offline"],
  ["infra", "grafana", "prometheus"],
  ["service"],
  ["benchmarks"],
];

/** Tests that change what their whole process has (the cache's folder, signals). Each has a process of its own. */
const ownProcesses = ["benchmarks/test/stopped.test.ts", "toolchain/test/plugins.test.ts"];

/** The unit tests, by the process that they run in. */
export function unitTestGroups(files: readonly string[] = testFiles("unit")): string[][] {
  const own = files.filter((file) => ownProcesses.includes(file));
  const shared = files.filter((file) => !own.includes(file));
  const groups = sharedProcesses.map((rooms) => shared.filter((file) => rooms.includes(file.split("/", 1)[0] ?? "")));
  return [...groups, ...own.map((file) => [file])];
}

/** Everything that needs no Docker: types, lint and format, unit tests. The longest begin first, but for types, of which none waits. */
export async function checkAll(): Promise<Count> {
  const checks = [
    () => checkWith("types", "tsc", ["-p", ".", "--incremental", "--tsBuildInfoFile", inCache("types.tsbuildinfo")]),
    ...unitTestGroups().map((files) => () => runTogether(files)),
    () => checkWith("lint", "biome", ["check", "--error-on-warnings", "."]),
  ];
  const counts: Count[] = [];
  // Two more than there are processors: many tests wait.
  const workers = Array.from({ length: availableParallelism() + 2 }, async () => {
    for (let next = checks.shift(); next !== undefined; next = checks.shift()) {
      counts.push(await next());
    }
  });
  await Promise.all(workers);
  return sum(counts);
}

/** Prints the last line. @returns the exit code */
export function printTotal({ passed, failed }: Count): number {
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
