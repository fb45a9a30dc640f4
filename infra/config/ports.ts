import { isIP } from "node:net";
import { disabled } from "../../lib/images.ts";
import type { Config } from "./config.ts";
import { namespace, refusal } from "./errors.ts";

export const portKeys = ["port", "tlsPort", "grafanaPort", "prometheusPort"] as const;
export type ConfigPort = (typeof portKeys)[number];

/** Host ports by config key. */
export type HostPorts = Readonly<Partial<Record<ConfigPort, number>>>;

/** What the ports of a stack depend on. */
type PortConfig = Pick<Config, ConfigPort | "target" | "bindAddress" | "operatorBindAddress" | "tls" | "images">;

/** The ports that the stack publishes, each with its address; a node port is on every address. */
export function usedPorts(config: PortConfig): { name: ConfigPort; address: string }[] {
  const [site, operators] =
    config.target === "docker" ? [config.bindAddress, config.operatorBindAddress] : ["0.0.0.0", "0.0.0.0"];
  return [
    { name: "port", address: site },
    ...(config.tls === undefined ? [] : [{ name: "tlsPort" as const, address: site }]),
    ...(config.images.grafana === disabled ? [] : [{ name: "grafanaPort" as const, address: operators }]),
    { name: "prometheusPort", address: operators },
  ];
}

/** Whether an address stands for all of its family. */
export function isEveryAddress(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

/** Whether one port can't be bound on both addresses: they are the same, or one stands for all of the other's family. */
export function overlap(one: string, other: string): boolean {
  return one === other || (isIP(one) === isIP(other) && (isEveryAddress(one) || isEveryAddress(other)));
}

/** Errors for ports that two parts of the stack would publish. */
export function sharedPorts(config: PortConfig): string[] {
  const used = usedPorts(config);
  return used.flatMap(({ name, address }, index) => {
    const taken = used
      .slice(0, index)
      .find(
        (other) => config[name] !== 0 && config[name] === config[other.name] && overlap(address, other.address),
      )?.name;
    return taken === undefined ? [] : [refusal(name, config[name], `a port other than ${namespace}:${taken}`)];
  });
}
