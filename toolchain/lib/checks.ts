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

/** The project's test files: those that need an engine or a cluster (`*.real.test.ts`), or the others. */
export function testFiles(kind: "unit" | "real"): string[] {
  const exclude = (name: string): boolean => /(^|\/)(node_modules|\.toolchain|\.pulumi|dist)(\/|$)/.test(name);
  const files = globSync("**/*.test.ts", { cwd: projectRoot, exclude });
  return files.filter((file) => file.endsWith(".real.test.ts") === (kind === "real")).sort();
}

/** Runs test files with Node's test runner. A runner that fails without a failed test counts as one. */
export async function runTests(
  files: string[],
  options: { concurrency: number; env?: Record<string, string | undefined> },
): Promise<Count> {
  const none = { passed: 0, failed: 0 };
  if (files.length === 0) {
    return none;
  }
  const result = inCache(`test-count-${process.pid}.json`);
  mkdirSync(inCache(), { recursive: true });
  const args = [
    "--test",
    `--test-concurrency=${options.concurrency}`,
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    `--test-reporter=${join(import.meta.dirname, "counting-reporter.ts")}`,
    `--test-reporter-destination=${result}`,
    ...files,
  ];
  try {
    const code = await runAttached(process.execPath, args, { cwd: projectRoot, env: options.env ?? {} });
    const count = countSchema.safeParse(readJsonLeniently(result)).data ?? none;
    return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
  } finally {
    rmSync(result, { force: true });
  }
}

/** Everything that needs no Docker: types, lint and format, unit tests. */
export async function checkAll(): Promise<Count> {
  return sum(
    await Promise.all([
      checkWith("types", "tsc", ["-p", ".", "--incremental", "--tsBuildInfoFile", inCache("types.tsbuildinfo")]),
      checkWith("lint", "biome", ["check", "--error-on-warnings", "."]),
      // Node's default leaves one processor idle: half of a small machine.
      runTests(testFiles("unit"), {
        concurrency: availableParallelism(),
        // Each file is a process that loads Pulumi's SDK and the like.
        env: { NODE_COMPILE_CACHE: inCache("compile-cache") },
      }),
    ]),
  );
}

/** Prints the last line. @returns the exit code */
export function printTotal({ passed, failed }: Count): number {
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
