import * as pulumi from "@pulumi/pulumi";
import type { Config } from "../../config/config.ts";
import type { ConfigPort } from "../../config/ports.ts";
import type { HostPorts } from "./preflight.ts";

const keys: readonly ConfigPort[] = ["port", "tlsPort", "grafanaPort", "prometheusPort"];

/**
 * The stack's own output `hostPorts`, as its last update left it. The engine is asked, and only where a key says 0.
 *
 * @throws Error where the state can't be read
 */
export async function lastPorts(config: Config): Promise<HostPorts> {
  if (!keys.some((key) => config[key] === 0)) return {};
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const answer: unknown = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  const ports: Record<string, unknown> = { ...Object(Object(Object(answer).outputs).hostPorts) };
  return Object.fromEntries(keys.flatMap((key) => (typeof ports[key] === "number" ? [[key, ports[key]]] : [])));
}
