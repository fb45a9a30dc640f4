import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { hasEnded, runningProcess, startBackground, stopProcess } from "../lib/background.ts";
import { unpackPackage } from "../lib/debian.ts";
import { firstFreePort, isFreePort } from "../lib/free-port.ts";
import { pause } from "../lib/interruption.ts";
import { makeFolder } from "../lib/make.ts";
import { inCache } from "../lib/paths.ts";
import { say } from "../lib/report.ts";
import { UserError } from "../lib/user-error.ts";
import { which } from "../lib/which.ts";

/** The registry's port, where it is free. It is above 5060 and 5061, which fetch refuses. */
export const firstRegistryPort = 5065;
const folder = inCache("registry");
const settings = join(folder, "config.yml");
const pidFile = join(folder, "pid");
const portFile = join(folder, "port");
const logFile = join(folder, "log");

/** The address of our registry, also while it is stopped; undefined when there was none yet. */
export function registryAddress(): string | undefined {
  return existsSync(portFile) ? `127.0.0.1:${readFileSync(portFile, "utf8")}` : undefined;
}

/** The registry's port. It is chosen once, because the references of the stack's images contain it. */
async function port(): Promise<number> {
  if (existsSync(portFile)) {
    return Number(readFileSync(portFile, "utf8"));
  }
  const chosen = await firstFreePort(firstRegistryPort);
  writeFileSync(portFile, String(chosen));
  return chosen;
}

/** Whether a registry answers there. */
async function answers(address: string): Promise<boolean> {
  try {
    return (await fetch(`http://${address}/v2/`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    // Nothing listens there (yet).
    return false;
  }
}

/** The registry's program: on PATH, or unpacked from Debian's package into the cache. */
async function program(): Promise<string> {
  const onPath = which("docker-registry");
  if (onPath) {
    return onPath;
  }
  const unpacked = inCache("docker-registry");
  const file = join(unpacked, "usr/bin/docker-registry");
  if (!existsSync(file)) {
    await makeFolder(unpacked, (temporary) => unpackPackage("docker-registry", temporary));
  }
  return file;
}

/** The process id of our registry, if it runs. */
export function registryPid(): number | undefined {
  return runningProcess(pidFile, settings);
}

/**
 * Starts the local image registry (Debian's docker-registry), which serves what is made here, unless it runs.
 * @returns its host and port, as they stand before an image's name: `127.0.0.1:5055`
 * @throws {UserError} when it does not start
 */
export async function startRegistry(): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const address = `127.0.0.1:${await port()}`;
  if (registryPid() !== undefined && (await answers(address))) {
    return address;
  }
  if (!(await isFreePort(await port()))) {
    throw new UserError(
      `registry: port ${await port()} is taken. Free it, or delete ${portFile} and run \`npm run up\` for another.`,
    );
  }
  const config = {
    version: 0.1,
    log: { level: "warn" },
    storage: { filesystem: { rootdirectory: join(folder, "data") } },
    http: { addr: address },
  };
  // JSON is YAML.
  writeFileSync(settings, `${JSON.stringify(config, null, 2)}\n`);
  const pid = startBackground({ command: [await program(), "serve", settings], pidFile, logFile });
  for (let tries = 0; !(await answers(address)); tries += 1) {
    if (pid === undefined || hasEnded(pid) || tries > 100) {
      throw new UserError(`registry: docker-registry does not start; its log is ${logFile}.`);
    }
    await pause(100);
  }
  writeFileSync(pidFile, String(pid));
  return address;
}

/** Stops the registry if it is ours and runs. What it holds stays in the cache. */
export async function stopRegistry(): Promise<void> {
  const pid = registryPid();
  if (pid === undefined) {
    return;
  }
  await stopProcess(pid, 10_000);
  await rm(pidFile, { force: true });
  say("registry", "stopped");
}

/** Whether the registry holds an image; `name` and `tag` as in `nginx:1.2`. */
export async function holdsImage(address: string, reference: string): Promise<boolean> {
  const colon = reference.lastIndexOf(":");
  const path = `${reference.slice(0, colon)}/manifests/${reference.slice(colon + 1)}`;
  const accept = "application/vnd.docker.distribution.manifest.v2+json";
  const answer = await fetch(`http://${address}/v2/${path}`, { method: "HEAD", headers: { accept } });
  return answer.ok;
}
