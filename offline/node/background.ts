import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasEnded, runningProcess, startBackground, stopProcess } from "../../lib/background.ts";
import { inCluster } from "../../lib/cluster/place.ts";
import { pause } from "../../lib/interruption.ts";
import { UserError } from "../../lib/user-error.ts";
import { type Component, type ComponentName, marks } from "./components.ts";

function pidFile(name: ComponentName): string {
  return inCluster("pids", name);
}
function logFile(name: ComponentName): string {
  return inCluster("logs", `${name}.log`);
}

/** The process id of a component, if it runs. */
export function componentPid(name: ComponentName): number | undefined {
  return runningProcess(pidFile(name), marks[name]);
}

/**
 * Stops a component, if it runs. The time limit is short, because nothing can be lost: a cluster that stays keeps all its
 * state in etcd.
 */
export async function stopComponent(name: ComponentName): Promise<void> {
  const pid = componentPid(name);
  if (pid !== undefined) {
    await stopProcess(pid, 3_000);
  }
}

function startedWith(name: ComponentName): string {
  return inCluster("pids", `${name}.started-with`);
}

/**
 * Starts a component unless it runs, with as many open files as the machine allows: containers inherit that limit. A
 * component that runs with an outdated command or outdated settings is restarted.
 * @param path folders put before PATH
 * @returns whether it was started now
 */
export async function startComponent({ name, command, settings }: Component, path: string[] = []): Promise<boolean> {
  const wanted = JSON.stringify([command, path, settings === undefined ? "" : readFileSync(settings, "utf8")]);
  const known = existsSync(startedWith(name)) ? readFileSync(startedWith(name), "utf8") : undefined;
  if (componentPid(name) !== undefined && known === wanted) {
    return false;
  }
  await stopComponent(name);
  const script = `PATH="${[...path, "$PATH"].join(":")}"; ulimit -n "$(ulimit -H -n)"; exec "$0" "$@"`;
  const pid = startBackground({
    command: ["sh", "-c", script, ...command],
    pidFile: pidFile(name),
    logFile: logFile(name),
  });
  if (pid === undefined) {
    throw new UserError(`cluster: ${name} can't be started; its log is ${logFile(name)}.`);
  }
  writeFileSync(pidFile(name), String(pid));
  writeFileSync(startedWith(name), wanted);
  return true;
}

/** The last lines of a component's log. */
function lastLines(name: ComponentName): string {
  return existsSync(logFile(name)) ? readFileSync(logFile(name), "utf8").trim().split("\n").slice(-6).join("\n") : "";
}

/** Waits until a component is ready. @throws {UserError} with its last lines when it ends, or is late */
export async function waitFor(name: ComponentName, limitMs: number, isReady: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await isReady())) {
    const pid = Number(readFileSync(pidFile(name), "utf8"));
    if (hasEnded(pid) || Date.now() > end) {
      const what = hasEnded(pid) ? "has ended" : `is not ready within ${limitMs / 1000} s`;
      throw new UserError(`cluster: ${name} ${what} (its log is ${logFile(name)}):\n${lastLines(name)}`);
    }
    await pause(200);
  }
}

/** The folder of all process ids. It must exist before the first start. */
export const pidFolder = join(pidFile("etcd"), "..");
