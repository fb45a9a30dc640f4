import type * as docker from "@pulumi/docker";
import { type Input, interpolate } from "@pulumi/pulumi";
import type { Component, HealthCheck, PublishedPort } from "../../system/component.ts";
import { checkEverySeconds } from "../../system/health-checks.ts";
import { cpusText } from "./cpus.ts";
import { type Labels, labelArgs } from "./labels.ts";

/**
 * A new container counts as healthy after its first passed check, so a start takes at least one interval. Durations are
 * written as the engine returns them (1m0s, never 60s): another form would show as a change.
 */
const health = { interval: `${checkEverySeconds.docker}s`, timeout: "3s", startPeriod: "45s", retries: 3 };

/** Timeout of a new container's start, in seconds. */
const healthyWithinSeconds = 90;

/** What `docker logs` keeps of a container. */
const logOpts = { "max-size": "10m", "max-file": "3" };

/** The address that published ports are bound to, by audience. */
export type BindAddresses = Readonly<Record<PublishedPort["audience"], string>>;

/** What the stack decides about a component's containers. */
export interface PlacementArgs {
  network: docker.Network;
  volumes: readonly { volume: docker.Volume; path: string }[];
  bindAddresses: BindAddresses;
  labels: Labels;
}

/**
 * The arguments of a component's container, without its name, host name and image.
 *
 * An input that the provider reads back in another form shows as a change at every `up`. So memorySwap goes with memory,
 * and the network's only alias is the component's name.
 */
export function containerArgs(component: Component, placement: PlacementArgs): Omit<docker.ContainerArgs, "image"> {
  const { limits, stop, user } = component;
  return {
    ...(component.command === undefined ? {} : { command: [...component.command] }),
    envs: Object.entries(component.env).map(([name, value]) => assignment(name, value)),
    user: `${user.uid}:${user.gid}`,
    networksAdvanced: [{ name: placement.network.name, aliases: [component.name] }],
    ...(component.published.length === 0 ? {} : { ports: component.published.flatMap(portArgs(placement)) }),
    volumes: placement.volumes.map(({ volume, path }) => ({ volumeName: volume.name, containerPath: path })),
    uploads: component.files.map(({ path, content }) => ({ file: path, content })),
    // The engine refuses uploads to a read-only root, so components with config files have a writable one. They own
    // nothing on it: each runs as a user of its own, without capabilities.
    readOnly: component.files.length === 0,
    tmpfs: Object.fromEntries(component.scratch.map((path) => [path, "size=64m,mode=1777"])),
    capabilities: { drops: ["ALL"] },
    securityOpts: ["no-new-privileges:true"],
    sysctls: { ...component.sysctls },
    cpus: cpusText(limits.cpus),
    memory: limits.memoryMb,
    memorySwap: limits.memoryMb,
    // No limit on processes: nproc counts those of a user id on the whole host, and the provider has no input for the
    // container's own (pids).
    ulimits: [{ name: "nofile", soft: limits.nofile, hard: limits.nofile }],
    restart: "unless-stopped",
    logDriver: "json-file",
    logOpts,
    labels: labelArgs(placement.labels),
    healthcheck: { tests: healthTests(component.health), ...health },
    wait: true,
    waitTimeout: healthyWithinSeconds,
    mustRun: true,
    stopSignal: stop.signal,
    stopTimeout: stop.graceSeconds,
    destroyGraceSeconds: stop.graceSeconds,
  };
}

function portArgs({ bindAddresses }: PlacementArgs) {
  return ({ port, hostPort, protocols, audience }: PublishedPort) =>
    protocols.map((protocol) => ({ internal: port, external: hostPort, ip: bindAddresses[audience], protocol }));
}

/** A plain value stays plain, so that it counts in the version hash. A secret is an output and stays one. */
function assignment(name: string, value: Input<string>) {
  return typeof value === "string" ? `${name}=${value}` : interpolate`${name}=${value}`;
}

function healthTests(check: HealthCheck): string[] {
  return check.kind === "http"
    ? ["CMD", "wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${check.port}${check.path}`]
    : ["CMD-SHELL", check.command];
}
