import { existsSync } from "node:fs";
import { type RunResult, run } from "../lib/run.ts";
import { which } from "../lib/which.ts";

/** The Go compiler: on PATH, or where its own archive is usually unpacked. */
export function findGo(): string | undefined {
  return which("go") ?? (existsSync("/usr/local/go/bin/go") ? "/usr/local/go/bin/go" : undefined);
}

/** Builds the main packages of a module with the versions that its go.sum verifies. @param output a file, or a folder/ */
export function goBuild(
  compiler: string,
  build: { module: string; packages: string[]; output: string; flags: string; env?: Record<string, string> },
): Promise<RunResult> {
  const args = ["build", "-mod=readonly", "-trimpath", "-ldflags", build.flags, "-o", build.output, ...build.packages];
  // A build takes minutes on all processors. A low priority leaves them to everything else on the machine.
  return run("nice", ["-n", "10", compiler, ...args], {
    cwd: build.module,
    env: { GOFLAGS: undefined, GOWORK: "off", ...build.env },
  });
}
