import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hasCode } from "./user-error.ts";

/** A program that outlives the command which started it. */
export type Background = {
  command: string[];
  /** Where its process id is kept. */
  pidFile: string;
  logFile: string;
};

/** Starts a program in the background and gives its process id. Whoever calls this waits until it answers. */
export function startBackground({ command, logFile }: Background): number | undefined {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, "a");
  const [program = "", ...args] = command;
  const child = spawn(program, args, { detached: true, stdio: ["ignore", log, log], cwd: "/" });
  // A program that can't be started never answers, and its log says why.
  child.on("error", () => undefined);
  child.unref();
  closeSync(log);
  return child.pid;
}

/**
 * The process that is kept in `pidFile`, if it runs and its command line holds `mark`: a process id alone may by now
 * belong to somebody else.
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

/** Whether a process has ended. One that has ended but that nobody has waited for counts as ended. */
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

/** Asks a process to end and waits for it; after `limitMs` it is killed. */
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
