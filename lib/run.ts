import { type ChildProcess, spawn } from "node:child_process";
import { interruption } from "./interruption.ts";
import { hasCode, UserError } from "./user-error.ts";

export type RunOptions = {
  cwd?: string;
  /** Added to this process's environment; undefined removes a variable. */
  env?: Record<string, string | undefined>;
  /** The child's standard input. A secret goes here, because everybody can read command lines. */
  input?: string;
  /** After this many milliseconds the child is killed, and the exit code is 124. */
  timeoutMs?: number;
  /** Kills the child, as the timeout does. */
  signal?: AbortSignal;
};

export type RunResult = { code: number; stdout: string; stderr: string };

/**
 * The running children. Each leads a session of its own, so that signals to this process group do not reach it: this
 * process alone decides what it receives, and how often. A child can still read the terminal from there.
 */
const children = new Set<ChildProcess>();

/** Sends a signal to a child and its descendants. */
function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) {
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (!hasCode(error, "ESRCH")) {
      throw error;
    }
  }
}

/** After this many milliseconds a child that was told twice to end is killed. */
const killAfterMs = 5000;

/**
 * Ends the children, when the user asks for it. Pulumi's CLI cancels an update in order on the first signal, and at once on
 * the second one.
 */
export function endChildren(signal: NodeJS.Signals, again: boolean): void {
  for (const child of children) {
    // Pulumi's CLI does not handle SIGHUP: it would die, and leave its stack locked.
    killGroup(child, signal === "SIGHUP" ? "SIGINT" : signal);
  }
  if (again) {
    setTimeout(killChildren, children.size === 0 ? 0 : killAfterMs).unref();
  }
}

function killChildren(): void {
  for (const child of children) {
    killGroup(child, "SIGKILL");
  }
  process.exit(130);
}

function environment(changes: RunOptions["env"]): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const [name, value] of Object.entries(changes ?? {})) {
    if (value === undefined) {
      delete env[name];
    } else {
      env[name] = value;
    }
  }
  return env;
}

/**
 * Runs a program to its end. The exit code is 127 when there is no such program.
 * @throws {AbortError} when the user asks to stop while it runs
 */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: environment(options.env),
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    children.add(child);
    // A child that does not read its input may have ended before all of it is written: that is no error.
    child.stdin.on("error", () => {}).end(options.input ?? "");
    const interrupted = interruption.aborted;
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        output[name] += text;
      });
    }
    let stopped = false;
    const stop = () => {
      stopped = true;
      killGroup(child, "SIGKILL");
    };
    const timer = options.timeoutMs ? setTimeout(stop, options.timeoutMs) : undefined;
    options.signal?.addEventListener("abort", stop, { once: true });
    const done = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", stop);
      children.delete(child);
    };
    child.on("error", (error) => {
      done();
      if (hasCode(error, "ENOENT")) {
        resolve({ code: 127, stdout: "", stderr: `${command}: not found` });
      } else {
        reject(error);
      }
    });
    child.on("close", (code) => {
      done();
      if (interruption.aborted && !interrupted) {
        reject(interruption.reason);
      } else {
        resolve({ code: stopped ? 124 : (code ?? 1), ...output });
      }
    });
  });
}

/** The last lines of a program's output, for an error message. */
export function lastLines(result: RunResult, count = 8): string {
  return `${result.stdout}\n${result.stderr}`
    .split("\n")
    .filter((line) => line.trim())
    .slice(-count)
    .join("\n");
}

/** Runs a program. @returns its stdout @throws {UserError} with its last lines when it fails */
export async function mustRun(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  const result = await run(command, args, options);
  if (result.code !== 0) {
    throw new UserError(`${command} ${args.join(" ")} ended with exit code ${result.code}:\n${lastLines(result)}`);
  }
  return result.stdout;
}

/**
 * Runs a program that shares this process's stdin, stdout and stderr. @returns its exit code
 * @throws {AbortError} when the user has asked to stop before it starts
 */
export function runAttached(command: string, args: string[], options: RunOptions = {}): Promise<number> {
  interruption.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: environment(options.env),
      stdio: "inherit",
      detached: true,
    });
    children.add(child);
    child.on("error", (error) => {
      children.delete(child);
      reject(error);
    });
    child.on("close", (code, signal) => {
      children.delete(child);
      resolve(code ?? (signal === "SIGINT" ? 130 : 143));
    });
  });
}
