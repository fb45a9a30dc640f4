import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { engineNofile } from "../../infra/targets/docker/nofile.ts";
import { at } from "../../lib/at.ts";
import { dockerConfigFolder, engineConnection, readContext } from "../../lib/docker-engine.ts";
import { askEngine } from "../../lib/engine-facts.ts";
import { readJson } from "../../lib/json-file.ts";
import { say } from "../../lib/report.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { runningDaemons } from "./daemons.ts";
import { ownEngine, ownEnginePid, startOwnEngine } from "./own-engine.ts";

/** The Docker Engine that runs the containers. */
export type Engine = {
  /** As DOCKER_HOST: `unix:///…`, `tcp://…`, `ssh://…`. */
  host: string;
  version: string;
  /** Whether the toolchain has started it, in this run or an earlier one. */
  ours: boolean;
  /** The highest `nofile` that a container may have; undefined when it is unknown. */
  nofile: number | undefined;
};

/** The version of the engine at an address. @throws {UserError} when it can't be used, or does not answer within 5 s */
async function versionAt(host: string, certPath = ""): Promise<string> {
  const version = at(await askEngine(engineConnection({ host, certPath, context: "" }), "version", 5_000), "Version");
  if (typeof version !== "string") {
    throw new UserError(`What answers at ${host} is no Docker engine. Correct the address.`);
  }
  return version;
}

/** The docker CLI's current context; undefined for the default one. */
export function currentContext(folder: string = dockerConfigFolder()): ReturnType<typeof readContext> {
  const name = process.env.DOCKER_CONTEXT || at(readJson(join(folder, "config.json")), "currentContext");
  return typeof name !== "string" || name === "default" ? undefined : readContext(name, folder);
}

/** An address at which an engine may listen, and where it comes from. */
type Address = { host: string; from: string; certPath?: string | undefined };

/** The addresses to try, the user's own choice first. */
function addresses(): Address[] {
  const context = currentContext();
  const rootless = process.env.XDG_RUNTIME_DIR;
  return [
    ...(context?.host ? [{ host: context.host, certPath: context.certPath, from: "the docker context" }] : []),
    { host: "unix:///var/run/docker.sock", from: "its default socket" },
    { host: `unix://${join(homedir(), ".docker/run/docker.sock")}`, from: "Docker Desktop" },
    ...(rootless ? [{ host: `unix://${join(rootless, "docker.sock")}`, from: "its rootless socket" }] : []),
    ...runningDaemons().flatMap(({ pid, hosts }) => hosts.map((host) => ({ host, from: `process ${pid}` }))),
  ];
}

type Found = { host: string; from: string; version: string };

/** The user's engine, or the reasons why none answers. @throws {UserError} when none answers at DOCKER_HOST */
async function findUsersEngine(): Promise<Found | { reasons: string[] }> {
  const configured = process.env.DOCKER_HOST;
  if (configured) {
    return { host: configured, from: "DOCKER_HOST", version: await versionAt(configured) };
  }
  const reasons: string[] = [];
  for (const { host, from, certPath } of addresses()) {
    try {
      const version = await versionAt(host, certPath);
      // All clients and child processes read the certificates from there.
      if (certPath !== undefined) {
        process.env.DOCKER_CERT_PATH = certPath;
      }
      return { host, from, version };
    } catch (error) {
      // That there is no socket at a usual place is no problem.
      if (!host.startsWith("unix://") || existsSync(host.slice("unix://".length))) {
        reasons.push(messageOf(error));
      }
    }
  }
  return { reasons };
}

/** The running engine, ours or the user's; undefined when none answers. It starts nothing. */
export async function engineIfAny(): Promise<Pick<Engine, "host" | "version"> | undefined> {
  const { host } = ownEngine;
  if (!process.env.DOCKER_HOST && ownEnginePid() !== undefined) {
    return { host, version: await versionAt(host) };
  }
  try {
    const found = await findUsersEngine();
    return "host" in found ? found : undefined;
  } catch (error) {
    if (error instanceof UserError) {
      return undefined;
    }
    throw error;
  }
}

/** Finds a Docker Engine, or starts our own (Linux, root). @throws {UserError} that says what the user must do */
export async function findEngine(): Promise<Engine> {
  const { host, folder } = ownEngine;
  const isOwn = process.env.DOCKER_HOST ? process.env.DOCKER_HOST === host : ownEnginePid() !== undefined;
  const found = isOwn ? { reasons: [] } : await findUsersEngine();
  if ("host" in found) {
    const isLocal = found.host.startsWith("unix://");
    const isSlow = isLocal && runningDaemons().some(({ userlandProxy }) => userlandProxy);
    say(
      "engine",
      `Docker ${found.version} found at ${found.host} (${found.from})` +
        (isSlow ? "; it runs with the userland proxy, which halves the throughput of published ports" : ""),
    );
    const nofile = isLocal ? engineNofile() : undefined;
    return { host: found.host, version: found.version, ours: false, nofile };
  }
  const [daemon] = ownEnginePid() === undefined ? runningDaemons() : [];
  if (daemon) {
    throw new UserError(
      found.reasons.join("\n") ||
        `engine: a dockerd runs (process ${daemon.pid}), but does not answer at its usual addresses. A second one would break its networks. Set DOCKER_HOST to its address.`,
    );
  }
  const isNew = await startOwnEngine(found.reasons);
  const version = await versionAt(host);
  say("engine", `Docker ${version}, our own ${isNew ? "started" : "running"} at ${host} (data and log in ${folder})`);
  return { host, version, ours: true, nofile: engineNofile() };
}
