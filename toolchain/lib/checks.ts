import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { glob } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { inCache, projectRoot } from "../../lib/paths.ts";
import { say, seconds, stopwatch } from "../../lib/report.ts";
import { run, runAttached } from "../../lib/run.ts";
import { hasCode } from "../../lib/user-error.ts";

/** How many tests passed and failed. Types and lint count as one test each. */
export type Count = { passed: number; failed: number };

export function sum(counts: Count[]): Count {
  return {
    passed: counts.reduce((total, { passed }) => total + passed, 0),
    failed: counts.reduce((total, { failed }) => total + failed, 0),
  };
}

/** One tool that is right or wrong as a whole; what it says is printed when it is done, so that several may run at once. */
async function checkWith(name: string, tool: string, args: string[]): Promise<Count> {
  const elapsed = stopwatch();
  const { code, stdout, stderr } = await run(join(projectRoot, "node_modules/.bin", tool), args, { cwd: projectRoot });
  if (code !== 0) {
    process.stdout.write(`${stdout}${stderr}`);
  }
  say(name, `${code === 0 ? "right" : "wrong"}, ${seconds(elapsed())}`);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** The project's test files: those that need an engine and a CLI (`*.real.test.ts`), or all the others. */
export async function testFiles(kind: "unit" | "real"): Promise<string[]> {
  const exclude = (name: string): boolean => /(^|\/)(node_modules|\.toolchain|\.pulumi|dist)(\/|$)/.test(name);
  const files: string[] = [];
  for await (const file of glob("**/*.test.ts", { cwd: projectRoot, exclude })) {
    files.push(file);
  }
  return files.filter((file) => file.endsWith(".real.test.ts") === (kind === "real")).sort();
}

function readCount(file: string): Count | undefined {
  try {
    const count: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof count !== "object" || count === null || !("passed" in count) || !("failed" in count)) {
      return undefined;
    }
    return { passed: Number(count.passed), failed: Number(count.failed) };
  } catch (error) {
    if (hasCode(error, "ENOENT") || error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

/** Runs test files with Node's own runner, so many at once. A runner that ends badly without a failed test counts as one. */
export async function runTests(
  files: string[],
  options: { atOnce: number; env?: Record<string, string | undefined> },
): Promise<Count> {
  if (files.length === 0) {
    return { passed: 0, failed: 0 };
  }
  const result = inCache(`test-count-${process.pid}.json`);
  mkdirSync(inCache(), { recursive: true });
  const args = [
    "--test",
    `--test-concurrency=${options.atOnce}`,
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    `--test-reporter=${join(import.meta.dirname, "counting-reporter.ts")}`,
    `--test-reporter-destination=${result}`,
    ...files,
  ];
  try {
    const code = await runAttached(process.execPath, args, { cwd: projectRoot, env: options.env ?? {} });
    const count = readCount(result) ?? { passed: 0, failed: 0 };
    return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
  } finally {
    rmSync(result, { force: true });
  }
}

/** Everything that needs no Docker: types, lint and format, unit tests. */
export async function checkAll(): Promise<Count> {
  return sum(
    await Promise.all([
      checkWith("types", "tsc", ["-p", "."]),
      checkWith("lint", "biome", ["check", "--error-on-warnings", "."]),
      // Node would leave one processor idle, which on a small machine is half of it.
      runTests(await testFiles("unit"), { atOnce: availableParallelism() }),
    ]),
  );
}

/** Prints the closing line and gives the exit code. */
export function close({ passed, failed }: Count): number {
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
