import { createServer } from "node:net";
import { RunError } from "@pulumi/pulumi";
import type Docker from "dockerode";
import { type Config, ConfigError, refusal } from "../config.ts";
import { inTime } from "../in-time.ts";
import { leaveOut } from "../system/images.ts";
import { ports } from "../system/ports.ts";
import { providerCpus } from "./cpus.ts";
import { connect, engineHost, isLocal } from "./engine.ts";
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

/** Which component's which port each published port is. */
const publishers = [
  ["port", "nginx", ports.nginx],
  ["tlsPort", "nginx", ports.nginxTls],
  ["grafanaPort", "grafana", ports.grafana],
  ["prometheusPort", "prometheus", ports.prometheus],
] as const;

/** Ports that the config has no use for. */
const unused = (config: Config) => ({
  tlsPort: config.tls === undefined,
  grafanaPort: config.images.grafana === leaveOut,
  port: false,
  prometheusPort: false,
});

/**
 * Holds the config against the Docker host, so that what can't work is refused before anything is created.
 *
 * @param labels that the stack's own containers carry: a port that one of them holds is not taken
 * @throws ConfigError with a sentence for each value that the machine can't give; RunError where no engine answers
 */
export async function checkMachine(
  config: Config,
  dockerHost: string | undefined,
  labels: Labels,
): Promise<MachineFacts> {
  const host = engineHost(dockerHost);
  const engine = connect(host);
  const { cpus, platform } = await describeEngine(dockerHost);
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

  if (isLocal(host) && (await listening(0, config.bindAddress)) === "EADDRNOTAVAIL") {
    sentences.push(
      refusal("bindAddress", config.bindAddress, "an address of the Docker host, or 0.0.0.0 for all of them"),
    );
    throw new ConfigError(sentences);
  }

  const published = await publishedPorts(engine, labels);
  const resolved = { ...config };
  const chosen = new Set<number>();
  for (const [key, component, port] of publishers) {
    if (unused(config)[key]) continue;
    const own = published.own.get(`${component}:${port}`);
    const free = (port: number) =>
      !published.others.has(port) && !chosen.has(port) && (!isLocal(host) || canBind(port, config.bindAddress));
    if (config[key] === 0) {
      resolved[key] = own ?? (await freePort(free));
    } else if (config[key] !== own && !(await free(config[key]))) {
      sentences.push(refusal(key, config[key], `a port of ${config.bindAddress} that nothing else listens on, or 0`));
    }
    chosen.add(resolved[key]);
  }

  if (sentences.length > 0) throw new ConfigError(sentences);
  return { cpus, platform, config: resolved };
}

/** Docker's names of processors, by the kernel's. */
const architectures: Record<string, string> = { x86_64: "amd64", aarch64: "arm64" };

/** How long the engine may take for its first answer, in milliseconds. */
const firstAnswerMs = 10_000;

/** What the engine says of its machine. @throws RunError where none answers */
export async function describeEngine(dockerHost: string | undefined): Promise<{ cpus: number; platform: string }> {
  const host = engineHost(dockerHost);
  try {
    const info: unknown = await inTime(connect(host).info(), firstAnswerMs);
    const { NCPU, OSType, Architecture }: Record<string, unknown> = { ...Object(info) };
    if (typeof NCPU !== "number" || typeof OSType !== "string" || typeof Architecture !== "string") {
      throw new Error("what answers there is no Docker engine");
    }
    return { cpus: NCPU, platform: `${OSType}/${architectures[Architecture] ?? Architecture}` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RunError(
      `No Docker engine answers at ${host} (${reason}). Start Docker, or say where it is with docker:host or DOCKER_HOST.`,
    );
  }
}

/** Host ports that containers hold: those of this stack by component and its own port, and all others. */
async function publishedPorts(engine: Docker, labels: Labels) {
  const own = new Map<string, number>();
  const others = new Set<number>();
  for (const container of await engine.listContainers()) {
    const ours = Object.entries(labels).every(([label, value]) => container.Labels[label] === value);
    const component = container.Labels[componentLabel];
    for (const { PublicPort, PrivatePort } of container.Ports) {
      if (!PublicPort) continue;
      if (ours && component !== undefined) own.set(`${component}:${PrivatePort}`, PublicPort);
      else others.add(PublicPort);
    }
  }
  return { own, others };
}

const firstDynamicPort = 20_000;
const lastDynamicPort = 29_999;

/** A port below the range from which the kernel gives ports to outgoing connections, so that none of them takes it. */
async function freePort(free: (port: number) => boolean | Promise<boolean>): Promise<number> {
  const count = lastDynamicPort - firstDynamicPort + 1;
  const start = Math.floor(Math.random() * count);
  for (let step = 0; step < count; step++) {
    const port = firstDynamicPort + ((start + step) % count);
    if (await free(port)) return port;
  }
  throw new RunError(`No free port from ${firstDynamicPort} to ${lastDynamicPort}.`);
}

/** Whether this machine lets a server listen there; a port below 1024 is the daemon's to try, and taken only if it is in use. */
async function canBind(port: number, address: string): Promise<boolean> {
  const refused = await listening(port, address);
  return refused === undefined || refused === "EACCES";
}

/** Listens for a moment. @returns the system's code where it won't */
function listening(port: number, address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
