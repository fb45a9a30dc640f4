import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { engineNofile } from "../../infra/targets/docker/nofile.ts";
import { at } from "../../lib/at.ts";
import { connect, dockerConfigFolder, engineConnection, readContext } from "../../lib/docker-engine.ts";
import { inTime } from "../../lib/in-time.ts";
import { say } from "../../lib/report.ts";
import { hasCode, messageOf, UserError } from "../../lib/user-error.ts";
import { runningDaemons } from "./daemons.ts";
import { ownEngine, ownEnginePid, startOwnEngine } from "./own-engine.ts";

/** The Docker Engine that containers will run on. */
export type Engine = {
  /** As DOCKER_HOST: `unix:///…`, `tcp://…`, `ssh://…`. */
  host: string;
  version: string;
  /** Whether the toolchain has started it, in this run or an earlier one. */
  ours: boolean;
  /** The highest `nofile` that a container may have, where that can be told. */
  nofile: number | undefined;
};

/** A client for the engine at this address, with the certificates that DOCKER_CERT_PATH leads to. */
export function client(host: string): Docker {
  return connect(engineConnection({ host, context: "" }));
}

/** The version of the engine at this address. @throws Error with the reason when none answers within 5 s */
async function versionAt(host: string, certPath = ""): Promise<string> {
  const docker = connect(engineConnection({ host, certPath, context: "" }));
  return (await inTime(docker.version(), 5_000)).Version;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (hasCode(error, "ENOENT")) {
      return undefined;
    }
    throw error;
  }
}

/** The docker CLI's current context; undefined for its default one. */
export function currentContext(folder: string = dockerConfigFolder()): ReturnType<typeof readContext> {
  const name = process.env.DOCKER_CONTEXT || at(readJson(join(folder, "config.json")), "currentContext");
  return typeof name !== "string" || name === "default" ? undefined : readContext(name, folder);
}

interface Candidate {
  host: string;
  from: string;
  certPath?: string | undefined;
}

/** Where an engine may be, the user's own wish first. */
function candidates(): Candidate[] {
  return [
    ...[currentContext()].flatMap((context) =>
      context?.host ? [{ host: context.host, certPath: context.certPath, from: "the docker context" }] : [],
    ),
    { host: "unix:///var/run/docker.sock", from: "its default socket" },
    { host: `unix://${join(homedir(), ".docker/run/docker.sock")}`, from: "Docker Desktop" },
    ...(process.env.XDG_RUNTIME_DIR
      ? [{ host: `unix://${join(process.env.XDG_RUNTIME_DIR, "docker.sock")}`, from: "its rootless socket" }]
      : []),
    ...runningDaemons().flatMap(({ pid, hosts }) => hosts.map((host) => ({ host, from: `process ${pid}` }))),
  ];
}

type Found = { host: string; from: string; version: string };

/** The engine that the user has, or why those that are there do not answer. */
async function find(): Promise<Found | { reasons: string[] }> {
  const wished = process.env.DOCKER_HOST;
  if (wished) {
    try {
      return { host: wished, from: "DOCKER_HOST", version: await versionAt(wished) };
    } catch (error) {
      throw new UserError(
        `engine: nothing answers at DOCKER_HOST=${wished} (${messageOf(error)}). Start it or unset DOCKER_HOST.`,
      );
    }
  }
  const reasons: string[] = [];
  for (const { host, from, certPath } of candidates()) {
    try {
      const version = await versionAt(host, certPath);
      // Every client and program from here on takes them from there.
      if (certPath !== undefined) {
        process.env.DOCKER_CERT_PATH = certPath;
      }
      return { host, from, version };
    } catch (error) {
      if (!hasCode(error, "ENOENT")) {
        reasons.push(`${host}: ${messageOf(error)}`);
      }
    }
  }
  return { reasons };
}

/** The engine that runs, ours or the user's; undefined where none answers. Starts nothing. */
export async function engineIfAny(): Promise<Pick<Engine, "host" | "version"> | undefined> {
  const { host } = ownEngine();
  if (!process.env.DOCKER_HOST && ownEnginePid() !== undefined) {
    return { host, version: await versionAt(host) };
  }
  try {
    const found = await find();
    return "host" in found ? found : undefined;
  } catch (error) {
    if (error instanceof UserError) {
      return undefined;
    }
    throw error;
  }
}

/** Finds a Docker Engine, or starts one of our own (Linux, root). @throws UserError that says what the user must do */
export async function findEngine(): Promise<Engine> {
  const own = ownEngine();
  const isOwn = process.env.DOCKER_HOST ? process.env.DOCKER_HOST === own.host : ownEnginePid() !== undefined;
  const found = isOwn ? { reasons: [] } : await find();
  if ("host" in found) {
    const local = found.host.startsWith("unix://");
    const slow = local && runningDaemons().some(({ userlandProxy }) => userlandProxy);
    say(
      "engine",
      `Docker ${found.version} found at ${found.host} (${found.from})` +
        (slow ? "; it runs with the userland proxy, which halves the throughput of published ports" : ""),
    );
    return {
      host: found.host,
      version: found.version,
      ours: false,
      nofile: local ? engineNofile() : undefined,
    };
  }
  const [stranger] = ownEnginePid() === undefined ? runningDaemons() : [];
  if (stranger) {
    throw new UserError(
      `engine: a dockerd runs (process ${stranger.pid}), but does not answer where it is looked for, and two would disturb each other's networks. Set DOCKER_HOST to its address.`,
    );
  }
  const startedNow = await startOwnEngine(found.reasons);
  const version = await versionAt(own.host);
  say(
    "engine",
    `Docker ${version}, our own ${startedNow ? "started" : "running"} at ${own.host} (data and log in ${own.folder})`,
  );
  return { host: own.host, version, ours: true, nofile: engineNofile() };
}
