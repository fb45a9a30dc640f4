/** Where the Docker engine is, and the connection to it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Docker from "dockerode";
import type { Failure } from "../lib/check.ts";
import type { Props } from "../lib/values.ts";

const defaultHost = "unix:///var/run/docker.sock";
const pingTimeoutMs = 10_000;

const taken = ["host", "caMaterial", "certMaterial", "keyMaterial", "certPath", "disableDockerDaemonCheck"];
const refused = ["context", "registryAuth", "sshOpts"];
const enginesOwn = ["version", "pluginDownloadURL"];

/** Configuration keys that this plugin doesn't take, each by name. */
export function checkConnection(config: Props): Failure[] {
  return Object.keys(config).flatMap((key) => {
    if (key.startsWith("__") || taken.includes(key) || enginesOwn.includes(key)) {
      return [];
    }
    const reason = refused.includes(key)
      ? `provider setting '${key}' is not supported by the stand-in docker plugin`
      : `unknown provider setting '${key}'`;
    return [{ property: key, reason }];
  });
}

export interface Connection {
  docker: Docker;
  /** The engine's address, for messages. */
  host: string;
}

/**
 * Connects to `host`, or DOCKER_HOST, or the default socket.
 * @throws one sentence when nothing answers there within 10 s.
 */
export async function connect(config: Props): Promise<Connection> {
  const host = text(config.host) ?? process.env.DOCKER_HOST ?? defaultHost;
  const docker = new Docker(connectionOptions(host, config));
  if (text(config.disableDockerDaemonCheck) !== "true" && config.disableDockerDaemonCheck !== true) {
    await ping(docker, host);
  }
  return { docker, host };
}

async function ping(docker: Docker, host: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("no answer within 10 s")), pingTimeoutMs);
  });
  try {
    await Promise.race([docker.ping(), tooLate]);
  } catch (error) {
    throw new Error(`the Docker engine at ${host} can't be reached: ${error instanceof Error ? error.message : error}`);
  } finally {
    clearTimeout(timer);
  }
}

/** dockerode's options for an address as DOCKER_HOST holds it. */
export function connectionOptions(host: string, config: Props): Docker.DockerOptions {
  if (host.startsWith("unix://")) {
    return { socketPath: host.slice("unix://".length) };
  }
  if (host.startsWith("npipe://")) {
    return { socketPath: host.slice("npipe://".length).replaceAll("/", "\\") };
  }
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url?.protocol === "ssh:") {
    const agent = process.env.SSH_AUTH_SOCK;
    return {
      protocol: "ssh",
      host: url.hostname,
      port: url.port || "22",
      username: url.username,
      sshOptions: agent === undefined ? {} : { agent },
    };
  }
  if (url === undefined || !["tcp:", "http:", "https:"].includes(url.protocol)) {
    throw new Error(`'${host}' is no address of a Docker engine (unix://, npipe://, tcp:// or ssh://)`);
  }
  const tls = tlsOptions(config);
  return {
    protocol: tls === undefined && url.protocol !== "https:" ? "http" : "https",
    host: url.hostname,
    port: url.port || (tls === undefined ? "2375" : "2376"),
    ...tls,
  };
}

function tlsOptions(config: Props): Pick<Docker.DockerOptions, "ca" | "cert" | "key"> | undefined {
  const directory = text(config.certPath) ?? process.env.DOCKER_CERT_PATH;
  const [ca, cert, key] = [text(config.caMaterial), text(config.certMaterial), text(config.keyMaterial)];
  if (ca !== undefined && cert !== undefined && key !== undefined) {
    return { ca, cert, key };
  }
  if (directory === undefined) {
    return undefined;
  }
  const read = (name: string) => readFileSync(join(directory, name), "utf8");
  return { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
}

function text(value: Props[string] | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
