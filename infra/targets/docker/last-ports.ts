import * as pulumi from "@pulumi/pulumi";
import type { Config } from "../../config/config.ts";
import { type ConfigPort, type HostPorts, portKeys } from "../../config/ports.ts";

/**
 * The stack's own output `hostPorts`, as its last update left it. The engine is asked only where a key says 0.
 *
 * @throws {Error} when the state can't be read
 */
export async function lastPorts(config: Pick<Config, ConfigPort>): Promise<HostPorts> {
  if (!portKeys.some((key) => config[key] === 0)) {
    return {};
  }
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const answer: unknown = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  const ports: Record<string, unknown> = { ...Object(Object(Object(answer).outputs).hostPorts) };
  return Object.fromEntries(portKeys.flatMap((key) => (typeof ports[key] === "number" ? [[key, ports[key]]] : [])));
}
