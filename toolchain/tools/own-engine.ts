import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasEnded, runningProcess, startBackground, stopProcess } from "../../lib/background.ts";
import { installPackages, isRoot } from "../../lib/debian.ts";
import { askEngine } from "../../lib/engine-facts.ts";
import { unmountBelow } from "../../lib/mounts.ts";
import { cacheRoot, inCache } from "../../lib/paths.ts";
import { say, withProgress } from "../../lib/report.ts";
import { mustRun, run } from "../../lib/run.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { waitUntil } from "../../lib/wait.ts";
import { which } from "../../lib/which.ts";
import { runningDaemons } from "./daemons.ts";

const folder = inCache("docker");
/** For sockets and mounts. It is short, because the path of a socket has at most about 100 characters. */
const runFolder = `/run/resume-${createHash("sha256").update(cacheRoot).digest("hex").slice(0, 8)}`;
const socket = join(runFolder, "docker.sock");

/** The files of the engine that the toolchain starts. */
export const ownEngine = { folder, runFolder, socket, host: `unix://${socket}` };

const configFile = join(folder, "daemon.json");
const pidFile = join(folder, "dockerd.pid");
const logFile = join(folder, "dockerd.log");
/** Keeps the machine's policy for forwarded packets, which dockerd sets to DROP. */
const policyFile = join(folder, "forward-policy");

/** The process id of our own engine, if it runs. */
export function ownEnginePid(): number | undefined {
  return runningProcess(pidFile, configFile);
}

/** The reason why our engine does not answer; undefined when it does. */
async function problem(): Promise<string | undefined> {
  try {
    await askEngine({ host: ownEngine.host }, "ping", 2_000);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

async function install(): Promise<void> {
  if (which("dockerd") && which("iptables")) {
    return;
  }
  if (!which("apt-get")) {
    throw new UserError(
      "engine: no Docker Engine is reached and there is no dockerd. Install Docker and run this again.",
    );
  }
  await withProgress("engine", "installing Debian's docker.io and iptables", () =>
    installPackages(["docker.io", "iptables"]),
  );
}

const config = {
  "data-root": join(folder, "data"),
  "exec-root": runFolder,
  pidfile: pidFile,
  hosts: [ownEngine.host],
  // The proxy process halves the throughput of published ports, and fails at tens of thousands of connections.
  "userland-proxy": false,
};

/** Removes the pid files of ended processes. dockerd would take a zombie, as in a container without an init, for a running one. */
function removeStalePidFiles(): void {
  for (const file of [pidFile, join(runFolder, "containerd/containerd.pid")]) {
    if (existsSync(file) && hasEnded(Number(readFileSync(file, "utf8")))) {
      rmSync(file);
    }
  }
}

/**
 * Starts our own engine unless it runs, and waits until it answers.
 * @param reasons why no other engine can be used, for the error message
 * @returns whether it was started now
 * @throws {UserError} that says what the user must do
 */
export async function startOwnEngine(reasons: string[]): Promise<boolean> {
  if (ownEnginePid() !== undefined && (await problem()) === undefined) {
    return false;
  }
  if (process.platform !== "linux" || !isRoot()) {
    const nowhere =
      "No Docker engine is found: DOCKER_HOST, the docker context and the usual sockets name none. Install or start Docker.";
    throw new UserError(reasons.join("\n") || nowhere);
  }
  for (const reason of reasons) {
    say("engine", reason);
  }
  await install();
  mkdirSync(runFolder, { recursive: true, mode: 0o755 });
  mkdirSync(folder, { recursive: true });
  writeFileSync(configFile, `${JSON.stringify(config, null, 2)}\n`);
  if (!existsSync(policyFile)) {
    writeFileSync(policyFile, await forwardPolicy());
  }
  removeStalePidFiles();
  const command = ["sh", "-c", 'ulimit -n "$(ulimit -H -n)"; exec dockerd --config-file "$0"', configFile];
  const pid = ownEnginePid() ?? startBackground({ command, pidFile, logFile });
  const late = () => `engine: dockerd does not start:\n${lastErrors()}`;
  const check = async () => {
    const reason = await problem();
    if (reason !== undefined && (pid === undefined || hasEnded(pid))) {
      throw new UserError(late());
    }
    return reason;
  };
  await withProgress("engine", "starting dockerd", () => waitUntil(check, { limitMs: 60_000, everyMs: 200, late }));
  return true;
}

/** The last errors in the engine's log, or else its last lines. */
function lastErrors(): string {
  const lines = existsSync(logFile) ? readFileSync(logFile, "utf8").trim().split("\n").slice(-30) : [];
  const errors = lines.filter((line) => /fail|error|fatal/i.test(line) && !/level=(info|warning)/.test(line));
  return (errors.length > 0 ? errors : lines).slice(-5).join("\n");
}

/** The policy for forwarded packets that no rule matches: ACCEPT or DROP. */
async function forwardPolicy(): Promise<string> {
  const rules = await run("iptables", ["-w", "-S", "FORWARD"]);
  return /^-P FORWARD (\w+)/m.exec(rules.stdout)?.[1] ?? "ACCEPT";
}

/** Docker's own rules in the output of `iptables -S`: they name one of its chains or bridges. */
export function dockerRules(listing: string): string[] {
  return listing
    .split("\n")
    .filter((line) => /^-A /.test(line) && /\bDOCKER\b|\bDOCKER-|\bdocker0\b|\bbr-[0-9a-f]{12}\b/.test(line));
}

/** Docker's own chains in the output of `iptables -S`. */
export function dockerChains(listing: string): string[] {
  return listing.split("\n").flatMap((line) => /^-N (DOCKER\S*)$/.exec(line)?.[1] ?? []);
}

/** Removes the packet filter rules, chains and bridges that a stopped dockerd leaves. */
async function removeNetwork(): Promise<void> {
  for (const table of ["nat", "filter"]) {
    const listing = (await run("iptables", ["-w", "-t", table, "-S"])).stdout;
    for (const rule of dockerRules(listing)) {
      const words = (rule.match(/"[^"]*"|\S+/g) ?? []).slice(1).map((word) => word.replaceAll('"', ""));
      await mustRun("iptables", ["-w", "-t", table, "-D", ...words]);
    }
    for (const chain of dockerChains(listing)) {
      await mustRun("iptables", ["-w", "-t", table, "-X", chain]);
    }
  }
  const policy = existsSync(policyFile) ? readFileSync(policyFile, "utf8").trim() : "ACCEPT";
  await mustRun("iptables", ["-w", "-P", "FORWARD", policy]);
  const links = (await run("ip", ["-o", "link", "show", "type", "bridge"])).stdout;
  for (const [, name = ""] of links.matchAll(/^\d+: (docker0|br-[0-9a-f]{12}):/gm)) {
    await mustRun("ip", ["link", "delete", name]);
  }
}

/** Stops our own engine, if it runs, and removes its network, mounts and sockets. It touches no other engine. */
export async function stopOwnEngine(): Promise<void> {
  const pid = ownEnginePid();
  if (pid !== undefined) {
    await stopProcess(pid, 60_000);
  } else if (!existsSync(runFolder)) {
    return;
  }
  // While another dockerd runs, Docker's rules and bridges may be its own.
  if (runningDaemons().length === 0) {
    await removeNetwork();
  }
  await unmountBelow([folder, runFolder]);
  for (const path of [runFolder, policyFile]) {
    rmSync(path, { recursive: true, force: true });
  }
  if (pid !== undefined) {
    say("engine", "our own dockerd stopped");
  }
}
