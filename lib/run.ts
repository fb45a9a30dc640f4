import { type ChildProcess, spawn } from "node:child_process";
import { interruption } from "./interruption.ts";
import { hasCode, UserError } from "./user-error.ts";

export type RunOptions = {
  cwd?: string;
  /** Added to the process's own environment; undefined takes a variable away. */
  env?: Record<string, string | undefined>;
  /** What the child reads from its standard input: kept out of the list of processes, as a secret must be. */
  input?: string;
  /** The child is ended after this many milliseconds, and the exit code is then 124. */
  timeoutMs?: number;
  /** Ends the child as the time limit does. */
  signal?: AbortSignal;
};

export type RunResult = { code: number; stdout: string; stderr: string };

const piped = new Set<ChildProcess>();
const attached = new Set<ChildProcess>();

/** Sends a signal to a child that leads a process group of its own, and to all that it has started. */
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

/**
 * Passes a signal on to every child that still runs.
 * @param terminal whether the signal came from the terminal, which has sent it to the attached children already
 */
export function endChildren(signal: NodeJS.Signals, terminal: boolean): void {
  for (const child of piped) {
    killGroup(child, signal);
  }
  if (!terminal) {
    for (const child of attached) {
      child.kill(signal);
    }
  }
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
 * Runs a program to its end and gives its exit code and output. A program that is not there has exit code 127.
 * @throws AbortError when the user asks to stop while it runs
 */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: environment(options.env),
      stdio: ["pipe", "pipe", "pipe"],
      // A group of its own, so that a time limit ends all that it has started as well.
      detached: true,
    });
    piped.add(child);
    // A child that reads nothing may be gone before its input is.
    child.stdin.on("error", () => {}).end(options.input ?? "");
    const interrupted = interruption.aborted;
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        output[name] += text;
      });
    }
    let late = false;
    const endLate = () => {
      late = true;
      killGroup(child, "SIGKILL");
    };
    const timer = options.timeoutMs ? setTimeout(endLate, options.timeoutMs) : undefined;
    options.signal?.addEventListener("abort", endLate, { once: true });
    const done = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", endLate);
      piped.delete(child);
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
        resolve({ code: late ? 124 : (code ?? 1), ...output });
      }
    });
  });
}

/** The last lines of what a program said, for an error message. */
export function lastLines(result: RunResult, count = 8): string {
  return `${result.stdout}\n${result.stderr}`
    .split("\n")
    .filter((line) => line.trim())
    .slice(-count)
    .join("\n");
}

/** Runs a program and gives what it wrote to stdout. @throws UserError with its last lines when it fails. */
export async function mustRun(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  const result = await run(command, args, options);
  if (result.code !== 0) {
    throw new UserError(`${command} ${args.join(" ")} ended with exit code ${result.code}:\n${lastLines(result)}`);
  }
  return result.stdout;
}

/** Runs a program on this terminal (its input, output and errors are ours) and gives its exit code. */
export function runAttached(command: string, args: string[], options: RunOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: environment(options.env),
      stdio: "inherit",
    });
    attached.add(child);
    child.on("error", (error) => {
      attached.delete(child);
      reject(error);
    });
    child.on("close", (code, signal) => {
      attached.delete(child);
      resolve(code ?? (signal === "SIGINT" ? 130 : 143));
    });
  });
}
