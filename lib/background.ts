import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hasCode } from "./user-error.ts";

/** A program that keeps running after the command that started it. */
export type Background = {
  command: string[];
  /** The file that keeps its process id. */
  pidFile: string;
  logFile: string;
};

/** Starts a program in the background. It does not wait until the program answers. @returns the process id */
export function startBackground({ command, logFile }: Background): number | undefined {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, "a");
  const [program = "", ...args] = command;
  const child = spawn(program, args, { detached: true, stdio: ["ignore", log, log], cwd: "/" });
  // The caller sees that the program does not answer, and quotes its log.
  child.on("error", () => undefined);
  child.unref();
  closeSync(log);
  return child.pid;
}

/**
 * The process whose id `pidFile` keeps, if it runs and its command line contains `mark`. The id alone is not enough: the
 * kernel may have given it to another process since.
 */
export function runningProcess(pidFile: string, mark: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, "utf8"));
    if (!Number.isInteger(pid) || pid <= 1) {
      return undefined;
    }
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(mark) ? pid : undefined;
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ESRCH")) {
      return undefined;
    }
    throw error;
  }
}

/** Whether a process has ended. A zombie counts as ended. */
export function hasEnded(pid: number): boolean {
  try {
    return /^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ESRCH")) {
      return true;
    }
    throw error;
  }
}

/** Sends SIGTERM to a process and waits until it has ended. After `limitMs` it sends SIGKILL. */
export async function stopProcess(pid: number, limitMs: number): Promise<void> {
  process.kill(pid, "SIGTERM");
  for (let waited = 0; waited < limitMs; waited += 100) {
    if (hasEnded(pid)) {
      return;
    }
    await sleep(100);
  }
  process.kill(pid, "SIGKILL");
  while (!hasEnded(pid)) {
    await sleep(100);
  }
}
