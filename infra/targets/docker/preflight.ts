import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { createServer, isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type Docker from "dockerode";
import { connect, type EngineConnection, isLocal } from "../../../lib/docker-engine.ts";
import { inTime } from "../../../lib/in-time.ts";
import { UserError } from "../../../lib/user-error.ts";
import type { Config } from "../../config/config.ts";
import { ConfigError, refusal } from "../../config/errors.ts";
import { type ConfigPort, isEveryAddress, overlap, usedPorts } from "../../config/ports.ts";
import type { ComponentName, Protocol } from "../../system/component.ts";
import { ports } from "../../system/ports.ts";
import { providerCpus } from "./cpus.ts";
import { componentLabel, type Labels } from "./labels.ts";
import { engineNofile } from "./nofile.ts";

/** What is asked of the machine before anything is created. */
export interface MachineFacts {
  /** Processors of the Docker host. */
  cpus: number;
  /** What images it runs: `linux/amd64`. */
  platform: string;
  /** The config with each port 0 replaced by the port that it stands for. */
  config: Config;
}

/** Which component's which port each key is for. */
const publishers: Readonly<
  Record<ConfigPort, { component: ComponentName; port: number; protocols: readonly Protocol[] }>
> = {
  port: { component: "nginx", port: ports.nginx, protocols: ["tcp"] },
  tlsPort: { component: "nginx", port: ports.nginxTls, protocols: ["tcp", "udp"] },
  grafanaPort: { component: "grafana", port: ports.grafana, protocols: ["tcp"] },
  prometheusPort: { component: "prometheus", port: ports.prometheus, protocols: ["tcp"] },
};

/** The ports that the stack had after its last update, for keys that say 0. */
export type HostPorts = Readonly<Partial<Record<ConfigPort, number>>>;

/**
 * Holds the config against the Docker host, so that what can't work is refused before anything is created.
 *
 * @param labels that the stack's own containers carry: a port that one of them holds is not taken
 * @param lastPorts where a key says 0, its port stays unless something else has it by now
 * @throws ConfigError with a sentence for each value that the machine can't give; UserError where no engine answers
 */
export async function checkMachine(
  config: Config,
  connection: EngineConnection,
  labels: Labels,
  lastPorts: HostPorts,
): Promise<MachineFacts> {
  const { host } = connection;
  const engine = connect(connection);
  const { cpus, platform } = await describeEngine(connection);
  const sentences: string[] = [];

  if (config.cpus > cpus) {
    sentences.push(refusal("cpus", config.cpus, `at most ${cpus}, the processors of the Docker host`));
  }
  if (providerCpus(config.cpus) === undefined) {
    sentences.push(
      refusal("cpus", config.cpus, "a number that the docker provider reads back as it is, such as 10.1 or 9.95"),
    );
  }
  const nofile = isLocal(host) ? engineNofile() : undefined;
  if (nofile !== undefined && config.nofile > nofile) {
    sentences.push(refusal("nofile", config.nofile, `at most ${nofile}, what the Docker daemon itself may open here`));
  }

  const used = usedPorts(config);
  for (const key of ["bindAddress", "operatorBindAddress"] as const) {
    if (!isLocal(host) || (await listening(0, config[key], "tcp")) !== "EADDRNOTAVAIL") continue;
    sentences.push(refusal(key, config[key], "an address of the Docker host, or 0.0.0.0 for all of them"));
  }
  if (sentences.length > 0) throw new ConfigError(sentences);

  const published = await publishedPorts(engine, labels);
  const resolved = { ...config };
  const chosen: Place[] = [];
  for (const { name: key, address } of used) {
    const { component, port, protocols } = publishers[key];
    const own = published.own.get(`${component}:${port}`);
    const placesOf = (hostPort: number) => protocols.map((protocol) => ({ address, port: hostPort, protocol }));
    const free = async (hostPort: number) => {
      const places = placesOf(hostPort);
      if (places.some((place) => [...published.others, ...chosen].some((other) => meet(place, other)))) return false;
      const held = own?.port === hostPort ? own.address : undefined;
      return !isLocal(host) || (await Promise.all(places.flatMap(withoutHeld(held)).map(canBind))).every(Boolean);
    };
    if (config[key] === 0) {
      const last = own?.port ?? lastPorts[key];
      resolved[key] = last !== undefined && (await free(last)) ? last : await dynamicPort(portOwner(labels, key), free);
    } else if (!(await free(config[key]))) {
      const allowed = `a port of ${address} that nothing else listens on by ${protocols.join(" or ")}, or 0`;
      sentences.push(refusal(key, config[key], allowed));
    }
    chosen.push(...placesOf(resolved[key]));
  }

  if (sentences.length > 0) throw new ConfigError(sentences);
  return { cpus, platform, config: resolved };
}

/** Docker's names of processors, by the kernel's. */
const architectures: Record<string, string> = { x86_64: "amd64", aarch64: "arm64" };

/** How long the engine may take for its first answer, in milliseconds. */
const firstAnswerMs = 10_000;

/** What the engine says of its machine. @throws {UserError} when none answers */
export async function describeEngine(connection: EngineConnection): Promise<{ cpus: number; platform: string }> {
  const { host } = connection;
  try {
    const info: unknown = await inTime(connect(connection).info(), firstAnswerMs);
    const { NCPU, OSType, Architecture }: Record<string, unknown> = { ...Object(info) };
    if (typeof NCPU !== "number" || typeof OSType !== "string" || typeof Architecture !== "string") {
      throw new Error("what answers there is no Docker engine");
    }
    return { cpus: NCPU, platform: `${OSType}/${architectures[Architecture] ?? Architecture}` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `No Docker engine answers at ${host} (${reason}). Start Docker, or say where it is with docker:host or DOCKER_HOST.`,
    );
  }
}

/** Where something listens on the Docker host. */
interface Place {
  address: string;
  port: number;
  protocol: Protocol;
}

/** Whether only one of the two can be had. */
const meet = (one: Place, other: Place) =>
  one.port === other.port && one.protocol === other.protocol && overlap(one.address, other.address);

/** The addresses of a place that the stack's own container does not hold already, on the same port. */
const withoutHeld = (held: string | undefined) => (place: Place) => {
  if (held === undefined) return [place];
  const family = isIP(place.address) === 6 ? "IPv6" : "IPv4";
  const machines = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const addresses = isEveryAddress(place.address)
    ? machines.filter((one) => one.family === family && !one.scopeid).map((one) => one.address)
    : [place.address];
  return addresses.filter((address) => !overlap(address, held)).map((address) => ({ ...place, address }));
};

/** What containers hold: host ports of this stack by component and its own port, and all that others listen on. */
async function publishedPorts(engine: Docker, labels: Labels) {
  const own = new Map<string, { address: string; port: number }>();
  const others: Place[] = [];
  for (const container of await engine.listContainers()) {
    const ours = Object.entries(labels).every(([label, value]) => container.Labels[label] === value);
    const component = container.Labels[componentLabel];
    for (const { PublicPort, PrivatePort, IP, Type } of container.Ports) {
      if (!PublicPort) continue;
      const place = { address: IP || "0.0.0.0", port: PublicPort };
      if (ours && component !== undefined) own.set(`${component}:${PrivatePort}`, place);
      else if (Type === "tcp" || Type === "udp") others.push({ ...place, protocol: Type });
    }
  }
  return { own, others };
}

/** Who a port is searched for. */
export const portOwner = (labels: Labels, key: ConfigPort): string => JSON.stringify([labels, key]);

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
    if (await free(port)) return port;
  }
  throw new UserError(`No free port from ${firstDynamicPort} to ${lastDynamicPort}.`);
}

/** Whether this machine lets a server listen there; a port below 1024 is the daemon's to try, and taken only if it is in use. */
async function canBind({ port, address, protocol }: Place): Promise<boolean> {
  const refused = await listening(port, address, protocol);
  return refused === undefined || refused === "EACCES";
}

/** Listens for a moment, as the daemon does: `::` is all of IPv6 and nothing of IPv4. @returns the system's code where it won't */
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
