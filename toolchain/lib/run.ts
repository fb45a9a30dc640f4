import { spawn } from "node:child_process";
import { UserError } from "./user-error.ts";

export type RunOptions = {
  cwd?: string;
  /** Added to the process's own environment; undefined takes a variable away. */
  env?: Record<string, string | undefined>;
  /** The child is ended after this many milliseconds, and the exit code is then 124. */
  timeoutMs?: number;
};

export type RunResult = { code: number; stdout: string; stderr: string };

const running = new Set<ReturnType<typeof spawn>>();

/** Ends every child that `run` or `runAttached` has started and that still runs. */
export const endChildren = (signal: NodeJS.Signals): void => {
  for (const child of running) child.kill(signal);
};

const environment = (changes: RunOptions["env"]): NodeJS.ProcessEnv => {
  const env = { ...process.env };
  for (const [name, value] of Object.entries(changes ?? {})) {
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
  return env;
};

/** Runs a program to its end and gives its exit code and output. A program that is not there has exit code 127. */
export const run = (command: string, args: string[], options: RunOptions = {}): Promise<RunResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: environment(options.env),
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    let stdout = "";
    let stderr = "";
    let late = false;
    const timer = options.timeoutMs
      ? setTimeout(() => {
          late = true;
          child.kill("SIGKILL");
        }, options.timeoutMs)
      : undefined;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const settle = (result: RunResult): void => {
      clearTimeout(timer);
      running.delete(child);
      resolve(result);
    };
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return settle({ code: 127, stdout, stderr: `${command}: not found` });
      clearTimeout(timer);
      running.delete(child);
      reject(error);
    });
    // "exit" and not "close": a grandchild that keeps the pipes open must not outlast the time limit.
    child.on(options.timeoutMs ? "exit" : "close", (code) =>
      setImmediate(() => settle({ code: late ? 124 : (code ?? 1), stdout, stderr })),
    );
  });

/** The last lines of what a program said, for an error message. */
export const lastLines = (result: RunResult, count = 8): string =>
  `${result.stdout}\n${result.stderr}`
    .split("\n")
    .filter((line) => line.trim())
    .slice(-count)
    .join("\n");

/** Runs a program and gives what it wrote to stdout. @throws UserError with its last lines when it fails. */
export const mustRun = async (command: string, args: string[], options: RunOptions = {}): Promise<string> => {
  const result = await run(command, args, options);
  if (result.code !== 0) {
    throw new UserError(`${command} ${args.join(" ")} ended with exit code ${result.code}:\n${lastLines(result)}`);
  }
  return result.stdout;
};

/** Runs a program on this terminal (its input, output and errors are ours) and gives its exit code. */
export const runAttached = (command: string, args: string[], options: RunOptions = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: environment(options.env),
      stdio: "inherit",
    });
    running.add(child);
    child.on("error", (error) => {
      running.delete(child);
      reject(error);
    });
    child.on("close", (code, signal) => {
      running.delete(child);
      resolve(code ?? (signal === "SIGINT" ? 130 : 143));
    });
  });
