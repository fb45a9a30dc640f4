import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { createServer, isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type Docker from "dockerode";
import { connect, type EngineConnection, isLocal } from "../../../lib/docker-engine.ts";
import { describeEngine, type EngineFacts } from "../../../lib/engine-facts.ts";
import { UserError } from "../../../lib/user-error.ts";
import type { Config } from "../../config/config.ts";
import { ConfigError, refusal } from "../../config/errors.ts";
import { type ConfigPort, type HostPorts, isEveryAddress, overlap, usedPorts } from "../../config/ports.ts";
import type { Protocol } from "../../system/component.ts";
import type { ComponentName } from "../../system/names.ts";
import { ports } from "../../system/names.ts";
import { providerCpus } from "./cpus.ts";
import { componentLabel, type Labels } from "./labels.ts";
import { engineNofile } from "./nofile.ts";

/** What deploy needs to know of the machine. */
export interface MachineFacts extends EngineFacts {
  engine: EngineConnection;
  /** The config with each port 0 replaced by the port that it stands for. */
  config: Config;
}

/** The component's port that each key publishes. */
const publishers: Readonly<
  Record<ConfigPort, { component: ComponentName; port: number; protocols: readonly Protocol[] }>
> = {
  port: { component: "nginx", port: ports.nginx, protocols: ["tcp"] },
  tlsPort: { component: "nginx", port: ports.nginxTls, protocols: ["tcp", "udp"] },
  grafanaPort: { component: "grafana", port: ports.grafana, protocols: ["tcp"] },
  prometheusPort: { component: "prometheus", port: ports.prometheus, protocols: ["tcp"] },
};

/**
 * Checks the config against the Docker host before anything is created.
 *
 * @param labels of the stack's own containers: a port that one of them publishes counts as free
 * @param lastPorts a key that is 0 keeps its port of the last update, unless that is in use by now
 * @throws {ConfigError} when the machine can't give a value
 * @throws {UserError} when no engine answers
 */
export async function checkMachine(
  config: Config,
  connection: EngineConnection,
  labels: Labels,
  lastPorts: HostPorts,
): Promise<MachineFacts> {
  const { host } = connection;
  const client = connect(connection);
  const { cpus, platform } = await describeEngine(connection);
  const errors: string[] = [];

  if (config.cpus > cpus) {
    errors.push(refusal("cpus", config.cpus, `at most ${cpus}, the processors of the Docker host`));
  }
  if (providerCpus(config.cpus) === undefined) {
    errors.push(
      refusal("cpus", config.cpus, "a number that the docker provider reads back as it is, such as 10.1 or 9.95"),
    );
  }
  const nofile = isLocal(host) ? engineNofile() : undefined;
  if (nofile !== undefined && config.nofile > nofile) {
    errors.push(refusal("nofile", config.nofile, `at most ${nofile}, what the Docker daemon itself may open here`));
  }

  const used = usedPorts(config);
  for (const key of ["bindAddress", "operatorBindAddress"] as const) {
    if (!isLocal(host) || (await listening(0, config[key], "tcp")) !== "EADDRNOTAVAIL") {
      continue;
    }
    errors.push(refusal(key, config[key], "an address of the Docker host, or 0.0.0.0 for all of them"));
  }
  if (errors.length > 0) {
    throw new ConfigError(errors);
  }

  const published = await publishedPorts(client, labels);
  const resolved = { ...config };
  const chosen: Binding[] = [];
  for (const { name: key, address } of used) {
    const { component, port, protocols } = publishers[key];
    const own = published.own.get(`${component}:${port}`);
    const bindingsOf = (hostPort: number) => protocols.map((protocol) => ({ address, port: hostPort, protocol }));
    const free = async (hostPort: number) => {
      const bindings = bindingsOf(hostPort);
      if (bindings.some((binding) => [...published.others, ...chosen].some((other) => collide(binding, other)))) {
        return false;
      }
      const held = own?.port === hostPort ? own.address : undefined;
      return !isLocal(host) || (await Promise.all(bindings.flatMap(withoutHeld(held)).map(canBind))).every(Boolean);
    };
    if (config[key] === 0) {
      const last = own?.port ?? lastPorts[key];
      resolved[key] = last !== undefined && (await free(last)) ? last : await dynamicPort(portOwner(labels, key), free);
    } else if (!(await free(config[key]))) {
      const allowed = `a port of ${address} that nothing else listens on by ${protocols.join(" or ")}, or 0`;
      errors.push(refusal(key, config[key], allowed));
    }
    chosen.push(...bindingsOf(resolved[key]));
  }

  if (errors.length > 0) {
    throw new ConfigError(errors);
  }
  return { cpus, platform, engine: connection, config: resolved };
}

/** An address of the Docker host that something listens on. */
interface Binding {
  address: string;
  port: number;
  protocol: Protocol;
}

/** Whether the two can't both be bound. */
function collide(one: Binding, other: Binding) {
  return one.port === other.port && one.protocol === other.protocol && overlap(one.address, other.address);
}

/** The addresses of a binding, without those that the stack's own container holds on the same port. */
function withoutHeld(held: string | undefined) {
  return (binding: Binding) => {
    if (held === undefined) {
      return [binding];
    }
    const family = isIP(binding.address) === 6 ? "IPv6" : "IPv4";
    const machines = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    const addresses = isEveryAddress(binding.address)
      ? machines.filter((one) => one.family === family && !one.scopeid).map((one) => one.address)
      : [binding.address];
    return addresses.filter((address) => !overlap(address, held)).map((address) => ({ ...binding, address }));
  };
}

/** Host ports that containers hold: this stack's by component and its own port, and all others. */
async function publishedPorts(engine: Docker, labels: Labels) {
  const own = new Map<string, { address: string; port: number }>();
  const others: Binding[] = [];
  for (const container of await engine.listContainers()) {
    const ours = Object.entries(labels).every(([label, value]) => container.Labels[label] === value);
    const component = container.Labels[componentLabel];
    for (const { PublicPort, PrivatePort, IP, Type } of container.Ports) {
      if (!PublicPort) {
        continue;
      }
      const binding = { address: IP || "0.0.0.0", port: PublicPort };
      if (ours && component !== undefined) {
        own.set(`${component}:${PrivatePort}`, binding);
      } else if (Type === "tcp" || Type === "udp") {
        others.push({ ...binding, protocol: Type });
      }
    }
  }
  return { own, others };
}

/** Identifies the stack and the key that a port is for. */
export function portOwner(labels: Labels, key: ConfigPort): string {
  return JSON.stringify([labels, key]);
}

const firstDynamicPort = 20_000;
const lastDynamicPort = 29_999;

/**
 * A port below the range from which the kernel gives ports to outgoing connections, so that none of them takes it. The
 * search begins where `owner` says: the same stack finds the same port each time, in a preview as in an update, and also
 * when the container that had it is gone.
 *
 * @throws {UserError} when none is free
 */
export async function dynamicPort(owner: string, free: (port: number) => boolean | Promise<boolean>): Promise<number> {
  const count = lastDynamicPort - firstDynamicPort + 1;
  const start = createHash("sha256").update(owner).digest().readUInt32BE(0);
  for (let step = 0; step < count; step++) {
    const port = firstDynamicPort + ((start + step) % count);
    if (await free(port)) {
      return port;
    }
  }
  throw new UserError(`No free port from ${firstDynamicPort} to ${lastDynamicPort}.`);
}

/** Whether the port is free here. Only the daemon may bind one below 1024, so EACCES counts as free. */
async function canBind({ port, address, protocol }: Binding): Promise<boolean> {
  const refused = await listening(port, address, protocol);
  return refused === undefined || refused === "EACCES";
}

/** Listens for a moment, as the daemon does: `::` is all of IPv6 and nothing of IPv4. @returns the system's error code, if it fails */
function listening(port: number, address: string, protocol: Protocol): Promise<string | undefined> {
  return new Promise((resolve) => {
    if (protocol === "udp") {
      // An IPv4 socket does not take the option.
      const socket = createSocket(isIP(address) === 6 ? { type: "udp6", ipv6Only: true } : { type: "udp4" });
      socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
      socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve(undefined)));
      return;
    }
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    server.listen({ port, host: address, exclusive: true, ipv6Only: true }, () =>
      server.close(() => resolve(undefined)),
    );
  });
}
