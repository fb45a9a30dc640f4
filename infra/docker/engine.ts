import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi";
import Docker from "dockerode";

const defaultHost = "unix:///var/run/docker.sock";

/** The docker provider's own keys (`docker:host`, …) that say which engine it talks to. */
export type EngineSettings = Readonly<Record<string, string>>;

/** Which engine that is. */
export interface EngineConnection {
  host: string;
  /** What both sides prove who they are with, in PEM; none for a socket, SSH and plain HTTP. */
  tls?: { ca: string; cert: string; key: string };
}

/**
 * The connection that the docker provider will make, in its order: a context (`docker:context`, DOCKER_CONTEXT), else
 * `docker:host`, DOCKER_HOST or the usual socket, with the material of `docker:caMaterial`, `certMaterial` and
 * `keyMaterial`, or the files in `docker:certPath` or DOCKER_CERT_PATH.
 *
 * @throws RunError where the context is not there, or the files of the certificates can't be read
 */
export function engineConnection(settings: EngineSettings): EngineConnection {
  const context = settings.context ?? process.env.DOCKER_CONTEXT ?? "";
  if (context !== "" && context !== "default") return contextConnection(context);
  const host = settings.host ?? process.env.DOCKER_HOST ?? defaultHost;
  if (isLocal(host) || host.startsWith("ssh:")) return { host };
  const {
    caMaterial: ca = process.env.DOCKER_CA_MATERIAL,
    certMaterial: cert = process.env.DOCKER_CERT_MATERIAL,
    keyMaterial: key = process.env.DOCKER_KEY_MATERIAL,
  } = settings;
  if (ca && cert && key) return { host, tls: { ca, cert, key } };
  const folder = settings.certPath ?? process.env.DOCKER_CERT_PATH ?? "";
  return folder === "" ? { host } : { host, tls: materialIn(folder, "docker:certPath") };
}

/** A context of the Docker CLI: its folder is named by a hash. */
function contextConnection(name: string): EngineConnection {
  const store = join(process.env.DOCKER_CONFIG || join(homedir(), ".docker"), "contexts");
  const id = createHash("sha256").update(name).digest("hex");
  const file = join(store, "meta", id, "meta.json");
  if (!existsSync(file)) {
    throw new RunError(`docker:context is "${name}"; allowed: a context that \`docker context ls\` lists.`);
  }
  const meta: unknown = JSON.parse(readFileSync(file, "utf8"));
  const host: unknown = Object(Object(Object(meta).Endpoints).docker).Host;
  if (typeof host !== "string") throw new RunError(`docker:context is "${name}", which names no Docker engine.`);
  const folder = join(store, "tls", id, "docker");
  return existsSync(folder) ? { host, tls: materialIn(folder, "docker:context") } : { host };
}

function materialIn(folder: string, key: string) {
  const read = (name: string) => {
    try {
      return readFileSync(join(folder, name), "utf8");
    } catch {
      throw new RunError(`${key} leads to ${folder}; allowed: a folder with ca.pem, cert.pem and key.pem.`);
    }
  };
  return { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
}

/** True where the engine shares this machine's ports and processes. */
export const isLocal = (host: string) => /^(unix|npipe):/.test(host);

/** The host name under which published ports of a remote engine are reached. */
export const remoteName = (host: string) => (isLocal(host) ? undefined : new URL(host).hostname);

/**
 * A client for that engine.
 *
 * @throws RunError where the host is not a unix, npipe, tcp, http, https or ssh address
 */
export function connect({ host, tls }: EngineConnection): Docker {
  if (isLocal(host)) return new Docker({ socketPath: host.replace(/^(unix|npipe):\/\//, "") });
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url === undefined || !/^(tcp|http|https|ssh):$/.test(url.protocol)) {
    throw new RunError(
      `docker:host is "${host}"; allowed: an address that starts with unix://, npipe://, tcp:// or ssh://.`,
    );
  }
  const port = url.port === "" ? undefined : Number(url.port);
  if (url.protocol === "ssh:") {
    return new Docker({
      protocol: "ssh",
      host: url.hostname,
      ...(port === undefined ? {} : { port }),
      ...(url.username === "" ? {} : { username: url.username }),
    });
  }
  const secure = tls !== undefined || url.protocol === "https:";
  return new Docker({
    protocol: secure ? "https" : "http",
    host: url.hostname,
    port: port ?? (secure ? 2376 : 2375),
    ...tls,
  });
}
