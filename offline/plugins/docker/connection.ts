/** Where the Docker engine is, and the connection to it. */
import type Docker from "dockerode";
import { connect as clientOf, engineConnection } from "../../../lib/docker-engine.ts";
import { askEngine } from "../../../lib/engine-facts.ts";
import type { Failure } from "../lib/check.ts";
import type { Props } from "../lib/values.ts";

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
 * @throws {UserError} when no engine can be used there
 */
export async function connect(config: Props): Promise<Connection> {
  const texts = Object.entries(config).flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : []));
  const connection = engineConnection(Object.fromEntries(texts));
  const docker = clientOf(connection);
  if (config.disableDockerDaemonCheck !== "true" && config.disableDockerDaemonCheck !== true) {
    await askEngine(connection, "ping");
  }
  return { docker, host: connection.host };
}
