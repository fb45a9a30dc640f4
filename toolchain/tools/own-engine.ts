import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { hasEnded, runningProcess, startBackground } from "../../lib/background.ts";
import { installPackages, isRoot } from "../../lib/debian.ts";
import { pause } from "../../lib/interruption.ts";
import { cacheRoot, inCache } from "../../lib/paths.ts";
import { withProgress } from "../../lib/report.ts";
import { UserError } from "../../lib/user-error.ts";
import { which } from "../../lib/which.ts";
import { forwardPolicy } from "./engine-leftovers.ts";

/** The places of the engine that the toolchain starts itself. */
export type OwnEngine = {
  /** Data, log and settings, in the cache. */
  folder: string;
  /** Sockets and mounts. Short, because a socket's path may have no more than about 100 characters. */
  runFolder: string;
  host: string;
  socket: string;
  settings: string;
  pidFile: string;
  logFile: string;
  /** What was done with forwarded packets before the engine was started. */
  policyFile: string;
};

export function ownEngine(): OwnEngine {
  const folder = inCache("docker");
  const runFolder = `/run/resume-${createHash("sha256").update(cacheRoot).digest("hex").slice(0, 8)}`;
  const socket = join(runFolder, "docker.sock");
  return {
    folder,
    runFolder,
    socket,
    host: `unix://${socket}`,
    settings: join(folder, "daemon.json"),
    pidFile: join(folder, "dockerd.pid"),
    logFile: join(folder, "dockerd.log"),
    policyFile: join(folder, "forward-policy"),
  };
}

/** The process id of our own engine, if it runs. */
export function ownEnginePid(): number | undefined {
  return runningProcess(ownEngine().pidFile, ownEngine().settings);
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: "/_ping", timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(false));
    asked.end();
  });
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

function settingsOf(own: OwnEngine): Record<string, unknown> {
  return {
    "data-root": join(own.folder, "data"),
    "exec-root": own.runFolder,
    pidfile: own.pidFile,
    hosts: [own.host],
    // The proxy process halves the throughput of published ports and runs out at tens of thousands of connections.
    "userland-proxy": false,
  };
}

/**
 * Takes away the process ids that a killed engine has left. Where nobody waits for ended processes (as in a container
 * without an init), dockerd would take them for running ones.
 */
function clearEndedPids(own: OwnEngine): void {
  for (const file of [own.pidFile, join(own.runFolder, "containerd/containerd.pid")]) {
    if (existsSync(file) && hasEnded(Number(readFileSync(file, "utf8")))) {
      rmSync(file);
    }
  }
}

/**
 * Starts our own engine unless it runs, and waits until it answers.
 * @param reasons why engines that are there could not be used, for the error
 * @returns whether it was started now
 * @throws UserError that says what the user must do
 */
export async function startOwnEngine(reasons: string[] = []): Promise<boolean> {
  const own = ownEngine();
  if (ownEnginePid() !== undefined && (await answers(own.socket))) {
    return false;
  }
  if (process.platform !== "linux" || !isRoot()) {
    const looked = reasons.join("; ") || "looked at DOCKER_HOST, the docker context and the default socket";
    throw new UserError(`engine: no Docker Engine is reached (${looked}). Start Docker and run this again.`);
  }
  await install();
  mkdirSync(own.runFolder, { recursive: true, mode: 0o755 });
  mkdirSync(own.folder, { recursive: true });
  writeFileSync(own.settings, `${JSON.stringify(settingsOf(own), null, 2)}\n`);
  // Docker sets the policy of forwarded packets to DROP; stopping the engine gives back what was there.
  if (!existsSync(own.policyFile)) {
    writeFileSync(own.policyFile, await forwardPolicy());
  }
  clearEndedPids(own);
  const pid =
    ownEnginePid() ??
    startBackground({
      command: ["sh", "-c", 'ulimit -n "$(ulimit -H -n)"; exec dockerd --config-file "$0"', own.settings],
      pidFile: own.pidFile,
      logFile: own.logFile,
    });
  await withProgress("engine", "starting dockerd", async () => {
    for (let tries = 0; !(await answers(own.socket)); tries += 1) {
      if (pid === undefined || hasEnded(pid) || tries > 300) {
        throw new UserError(`engine: dockerd does not start:\n${lastOf(own.logFile)}`);
      }
      await pause(200);
    }
  });
  return true;
}

/** The last lines of a log that speak of an error, or simply the last ones. */
function lastOf(file: string): string {
  const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").slice(-30) : [];
  const errors = lines.filter((line) => /fail|error|fatal/i.test(line) && !/level=(info|warning)/.test(line));
  return (errors.length > 0 ? errors : lines).slice(-5).join("\n");
}
