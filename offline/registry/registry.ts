import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { hasEnded, runningProcess, startBackground, stopProcess } from "../../lib/background.ts";
import { unpackPackage } from "../../lib/debian.ts";
import { firstFreePort, isFreePort } from "../../lib/free-port.ts";
import { pause } from "../../lib/interruption.ts";
import { makeFolder } from "../../lib/make.ts";
import { inCache } from "../../lib/paths.ts";
import { say } from "../../lib/report.ts";
import { UserError } from "../../lib/user-error.ts";
import { which } from "../../lib/which.ts";
import { certificateFile, makeAccess, makeToken, registryFolder, registryName } from "./access.ts";

/** The registry's port, where it is free. It is above 5060 and 5061, which fetch refuses. */
export const firstRegistryPort = 5065;
const settings = join(registryFolder, "config.yml");
const logFile = join(registryFolder, "log");
const portFile = join(registryFolder, "port");
const tokenPortFile = join(registryFolder, "token-port");

/** Its processes: each one's file with the process id, and what its command line contains, whichever clone started it. */
const registry = { pidFile: join(registryFolder, "pid"), mark: settings };
const tokenServer = { pidFile: join(registryFolder, "token-server.pid"), mark: tokenPortFile };

function addressOf(port: number | string): string {
  return `127.0.0.1:${port}`;
}

/** The address of our registry, also while it is stopped; undefined when there was none yet. */
export function registryAddress(): string | undefined {
  return existsSync(portFile) ? addressOf(readFileSync(portFile, "utf8")) : undefined;
}

/** A port that is chosen once: the references of the stack's images contain the registry's. */
async function keptPort(file: string, first: number): Promise<number> {
  if (existsSync(file)) {
    return Number(readFileSync(file, "utf8"));
  }
  const chosen = await firstFreePort(first);
  writeFileSync(file, String(chosen));
  return chosen;
}

/** Whether an HTTP server answers there, with whatever status. */
async function answers(address: string): Promise<boolean> {
  try {
    await (await fetch(`http://${address}/v2/`, { signal: AbortSignal.timeout(2_000) })).arrayBuffer();
    return true;
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
  return runningProcess(registry.pidFile, registry.mark);
}

/** Starts one of the two processes, unless it runs, and waits until it answers. */
async function start(
  { pidFile, mark }: typeof registry,
  name: string,
  port: { number: number; file: string },
  command: () => Promise<string[]>,
): Promise<void> {
  const address = addressOf(port.number);
  if (runningProcess(pidFile, mark) !== undefined && (await answers(address))) {
    return;
  }
  if (!(await isFreePort(port.number))) {
    throw new UserError(
      `registry: port ${port.number} is taken. Free it, or delete ${port.file} and run \`npm run up\` for another.`,
    );
  }
  const pid = startBackground({ command: await command(), pidFile, logFile });
  for (let tries = 0; !(await answers(address)); tries += 1) {
    if (pid === undefined || hasEnded(pid) || tries > 100) {
      throw new UserError(`registry: ${name} does not start; its log is ${logFile}.`);
    }
    await pause(100);
  }
  writeFileSync(pidFile, String(pid));
}

/**
 * Starts the local image registry (Debian's docker-registry), which serves what is made here, unless it runs. Everybody on
 * this machine may pull from it; to push takes a login.
 * @returns its host and port, as they stand before an image's name: `127.0.0.1:5065`
 * @throws {UserError} when it does not start
 */
export async function startRegistry(): Promise<string> {
  mkdirSync(registryFolder, { recursive: true });
  chmodSync(registryFolder, 0o700);
  await makeAccess();
  const port = { number: await keptPort(portFile, firstRegistryPort), file: portFile };
  const tokenPort = { number: await keptPort(tokenPortFile, port.number + 1), file: tokenPortFile };
  const config = {
    version: 0.1,
    log: { level: "warn" },
    storage: { filesystem: { rootdirectory: join(registryFolder, "data") } },
    http: { addr: addressOf(port.number) },
    auth: {
      token: {
        realm: `http://${addressOf(tokenPort.number)}/token`,
        service: registryName,
        issuer: registryName,
        rootcertbundle: certificateFile,
      },
    },
  };
  // JSON is YAML.
  const text = `${JSON.stringify(config, null, 2)}\n`;
  if (!existsSync(settings) || readFileSync(settings, "utf8") !== text) {
    // One that runs has other settings: an older version of the project started it.
    await stop(registry);
    writeFileSync(settings, text);
  }
  await start(tokenServer, "its token server", tokenPort, async () => [
    process.execPath,
    join(import.meta.dirname, "token-server.ts"),
    tokenPort.file,
  ]);
  await start(registry, "docker-registry", port, async () => [await program(), "serve", settings]);
  return addressOf(port.number);
}

async function stop({ pidFile, mark }: typeof registry): Promise<boolean> {
  const pid = runningProcess(pidFile, mark);
  if (pid === undefined) {
    return false;
  }
  await stopProcess(pid, 10_000);
  await rm(pidFile, { force: true });
  return true;
}

/** Stops the registry if it is ours and runs. What it holds stays in the cache. */
export async function stopRegistry(): Promise<void> {
  const stopped = await Promise.all([registry, tokenServer].map(stop));
  if (stopped.includes(true)) {
    say("registry", "stopped");
  }
}

/** Whether the registry holds an image; `reference` as in `nginx:1.2`. */
export async function holdsImage(address: string, reference: string): Promise<boolean> {
  const colon = reference.lastIndexOf(":");
  const name = reference.slice(0, colon);
  const token = makeToken([{ type: "repository", name, actions: ["pull"] }]);
  const headers = {
    accept: "application/vnd.docker.distribution.manifest.v2+json",
    authorization: `Bearer ${token}`,
  };
  const path = `${name}/manifests/${reference.slice(colon + 1)}`;
  const answer = await fetch(`http://${address}/v2/${path}`, { method: "HEAD", headers });
  return answer.ok;
}
