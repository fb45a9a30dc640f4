import type { ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { hasCode } from "../../../lib/user-error.ts";
import { tree } from "./processes.ts";

/** A way in which a user, a terminal or the machine ends an `npm run up`. */
export type End = {
  name: string;
  /** Whether it runs in a terminal of its own. */
  inTerminal: boolean;
  end: (npm: ChildProcess) => void | Promise<void>;
};

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It has ended by itself just before.
    if (!hasCode(error, "ESRCH")) {
      throw error;
    }
  }
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The processes of `npm run up`, by what is in their command lines. */
const victims = {
  npm: /^npm run up/,
  "start.mjs": /start\.mjs up/,
  "main.ts": /toolchain\/main\.ts up/,
  "the CLI": /pulumi up /,
  "the language host": /language-nodejs/,
  "the program": /pulumi\/cmd\/run/,
  "the docker or Kubernetes plugin": /plugins\/docker\/main|resource-(docker|kubernetes)/,
};

/** Kills a process that can be anywhere below npm; the first that begins to run when there is none yet. */
async function kill(npm: ChildProcess, victim: RegExp): Promise<void> {
  while (npm.exitCode === null && npm.signalCode === null) {
    const found = tree(Number(npm.pid)).find(({ command }) => victim.test(command));
    if (found) {
      return send(found.pid, "SIGKILL");
    }
    await pause(100);
  }
}

const control = { c: "\x03" };

/** Every kind of end. */
export const ends: readonly End[] = [
  ...signals.flatMap((signal) => [
    { name: `${signal} to npm`, inTerminal: false, end: (npm: ChildProcess) => send(Number(npm.pid), signal) },
    { name: `${signal} to the group`, inTerminal: false, end: (npm: ChildProcess) => send(-Number(npm.pid), signal) },
  ]),
  { name: "Ctrl-C", inTerminal: true, end: (npm) => void npm.stdin?.write(control.c) },
  {
    name: "Ctrl-C twice",
    inTerminal: true,
    end: async (npm) => {
      npm.stdin?.write(control.c);
      await pause(3000);
      npm.stdin?.write(control.c);
    },
  },
  { name: "the terminal closed", inTerminal: true, end: (npm) => send(Number(npm.pid), "SIGKILL") },
  ...Object.entries(victims).map(([victim, command]) => ({
    name: `kill -9 of ${victim}`,
    inTerminal: false,
    end: (npm: ChildProcess) => kill(npm, command),
  })),
];

/** @throws {Error} when there is no such end */
export function endNamed(name: string): End {
  const end = ends.find((candidate) => candidate.name === name);
  if (end === undefined) {
    throw new Error(`there is no end "${name}"`);
  }
  return end;
}
