import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { z } from "zod";
import { at } from "./at.ts";
import { readJson } from "./json-file.ts";
import { SshAgent } from "./ssh-stream.ts";
import { UserError } from "./user-error.ts";

const defaultHost = "unix:///var/run/docker.sock";

/** The docker provider's config keys that choose its engine, without the prefix: `host`, `context`, … */
export type EngineSettings = Readonly<Record<string, string>>;

export interface EngineConnection {
  host: string;
  /** CA, client certificate and key in PEM. Sockets, SSH and plain HTTP have none. */
  tls?: { ca: string; cert: string; key: string };
  /** `docker:sshOpts`: arguments of the ssh program. */
  sshOptions?: readonly string[];
}

/**
 * The connection that the docker provider will make. It takes the host of a context (`docker:context`, DOCKER_CONTEXT),
 * else `docker:host`, else DOCKER_HOST, else the default socket. For TLS it takes `docker:caMaterial`, `certMaterial` and
 * `keyMaterial`, else the files in `docker:certPath` or DOCKER_CERT_PATH, else those of the context.
 *
 * @throws {UserError} when there is no such context, the TLS material is incomplete, or a file can't be read
 */
export function engineConnection(settings: EngineSettings): EngineConnection {
  const context = settings.context ?? process.env.DOCKER_CONTEXT ?? "";
  const { host, tls }: EngineConnection =
    context !== "" && context !== "default"
      ? contextConnection(context)
      : { host: settings.host || process.env.DOCKER_HOST || defaultHost };
  if (isLocal(host)) {
    return { host };
  }
  if (host.startsWith("ssh:")) {
    return settings.sshOpts === undefined ? { host } : { host, sshOptions: sshOptionsIn(settings.sshOpts) };
  }
  const chosen = configuredMaterial(settings) ?? tls;
  return chosen === undefined ? { host } : { host, tls: chosen };
}

function sshOptionsIn(text: string): string[] {
  try {
    return z.array(z.string()).parse(JSON.parse(text));
  } catch {
    throw new UserError(`docker:sshOpts is ${JSON.stringify(text)}; allowed: a list of arguments for the ssh program.`);
  }
}

/** The config keys of the TLS material, with the environment variables that the provider reads without them. */
const materials = {
  ca: { key: "caMaterial", variable: "DOCKER_CA_MATERIAL" },
  cert: { key: "certMaterial", variable: "DOCKER_CERT_MATERIAL" },
  key: { key: "keyMaterial", variable: "DOCKER_KEY_MATERIAL" },
} as const;

function configuredMaterial(settings: EngineSettings): EngineConnection["tls"] {
  const given = ({ key, variable }: { key: string; variable: string }) => settings[key] || process.env[variable] || "";
  const [ca, cert, key] = [given(materials.ca), given(materials.cert), given(materials.key)];
  const folder = settings.certPath || process.env.DOCKER_CERT_PATH || "";
  if (!ca && !cert && !key) {
    return folder === "" ? undefined : materialIn(folder, "docker:certPath");
  }
  if (ca && cert && key && folder === "") {
    return { ca, cert, key };
  }
  const set = Object.values(materials).filter((material) => given(material));
  const names = [...set.map((material) => `docker:${material.key}`), ...(folder === "" ? [] : ["docker:certPath"])];
  throw new UserError(
    `${names.join(", ")} ${names.length === 1 ? "is" : "are"} set; allowed: docker:caMaterial, docker:certMaterial and docker:keyMaterial together, or docker:certPath alone.`,
  );
}

function contextConnection(name: string): EngineConnection {
  const context = readContext(name);
  if (context === undefined) {
    throw new UserError(`docker:context is "${name}"; allowed: a context that \`docker context ls\` lists.`);
  }
  const { host, certPath } = context;
  if (host === undefined) {
    throw new UserError(`docker:context is "${name}", which names no Docker engine.`);
  }
  return certPath === undefined ? { host } : { host, tls: materialIn(certPath, "docker:context") };
}

/** The Docker CLI's config folder. */
export function dockerConfigFolder(): string {
  return process.env.DOCKER_CONFIG || join(homedir(), ".docker");
}

/**
 * Reads a context of the Docker CLI. Its folder is named by the hash of its name.
 *
 * @returns the engine's address, and the folder with ca.pem, cert.pem and key.pem where there is one; undefined where
 * there is no such context
 */
export function readContext(
  name: string,
  folder: string = dockerConfigFolder(),
): { host: string | undefined; certPath: string | undefined } | undefined {
  const id = createHash("sha256").update(name).digest("hex");
  const file = join(folder, "contexts/meta", id, "meta.json");
  const meta = readJson(file);
  if (meta === undefined) {
    return undefined;
  }
  const host = at(meta, "Endpoints", "docker", "Host");
  const certificates = join(folder, "contexts/tls", id, "docker");
  return {
    host: typeof host === "string" ? host : undefined,
    certPath: existsSync(certificates) ? certificates : undefined,
  };
}

function materialIn(folder: string, key: string) {
  const read = (name: string) => {
    try {
      return readFileSync(join(folder, name), "utf8");
    } catch {
      throw new UserError(`${key} leads to ${folder}; allowed: a folder with ca.pem, cert.pem and key.pem.`);
    }
  };
  return { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
}

/** Whether the engine runs on this machine: its published ports are this machine's. */
export function isLocal(host: string) {
  return /^(unix|npipe):/.test(host);
}

/** The host name of a remote engine, at which its published ports are reached; undefined for a local one. */
export function remoteName(host: string) {
  return isLocal(host) ? undefined : new URL(host).hostname;
}

/**
 * A client for an engine.
 *
 * @throws {UserError} when the host is not a unix, npipe, tcp, http, https or ssh address
 */
export function connect({ host, tls, sshOptions = [] }: EngineConnection): Docker {
  // Every option is set. dockerode would fill missing ones from DOCKER_HOST, and prefers a host to a socket.
  if (isLocal(host)) {
    return new Docker({ protocol: "http", host: "", socketPath: host.replace(/^(unix|npipe):\/\//, "") });
  }
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url === undefined || !/^(tcp|http|https|ssh):$/.test(url.protocol)) {
    throw new UserError(
      `The address of the Docker engine (docker:host, else DOCKER_HOST) is "${host}"; allowed: one that starts with unix://, npipe://, tcp:// or ssh://.`,
    );
  }
  if (url.protocol === "ssh:") {
    const options = { protocol: "http" as const, host: url.hostname, agent: new SshAgent(url, sshOptions) };
    return new Docker(options);
  }
  const secure = tls !== undefined || url.protocol === "https:";
  return new Docker({
    protocol: secure ? "https" : "http",
    host: url.hostname,
    port: url.port || (secure ? "2376" : "2375"),
    ...tls,
  });
}

/** A client for the engine at an address, as in DOCKER_HOST. TLS comes from the folder, else from DOCKER_CERT_PATH. */
export function clientAt(host: string, certPath = ""): Docker {
  return connect(engineConnection({ host, certPath, context: "" }));
}
