/** Where the Docker engine is, and the connection to it. */
import type Docker from "dockerode";
import { connect as clientOf, engineConnection } from "../../../lib/docker-engine.ts";
import { inTime } from "../../../lib/in-time.ts";
import type { Failure } from "../lib/check.ts";
import type { Props } from "../lib/values.ts";

const pingTimeoutMs = 10_000;

const taken = ["host", "context", "caMaterial", "certMaterial", "keyMaterial", "certPath", "disableDockerDaemonCheck"];
const refused = ["registryAuth", "sshOpts"];
const enginesOwn = ["version", "pluginDownloadURL"];

/** Configuration keys that this plugin refuses. */
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
 * Connects to the engine that the settings and the environment name, as the official plugin does.
 * @throws one sentence when nothing answers there within 10 s.
 */
export async function connect(config: Props): Promise<Connection> {
  const texts = Object.entries(config).flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : []));
  const connection = engineConnection(Object.fromEntries(texts));
  const docker = clientOf(connection);
  if (config.disableDockerDaemonCheck !== "true" && config.disableDockerDaemonCheck !== true) {
    await ping(docker, connection.host);
  }
  return { docker, host: connection.host };
}

async function ping(docker: Docker, host: string): Promise<void> {
  try {
    await inTime(docker.ping(), pingTimeoutMs);
  } catch (error) {
    throw new Error(`the Docker engine at ${host} can't be reached: ${error instanceof Error ? error.message : error}`);
  }
}
