/** A container as the engine has it, in the state's form. */
import type Docker from "dockerode";
import { formatDuration } from "../../../lib/docker-provider/duration.ts";
import { formatNanoCpus } from "../../../lib/docker-provider/nano-cpus.ts";
import type { Props, Value } from "../lib/values.ts";

const mib = 1024 * 1024;

/**
 * Everything that is read back. Not read, so kept as planned: environment and labels (mixed with the image's), attached
 * networks, volumes, uploads, and what is this provider's own business (wait, start, grace period).
 */
export function containerFacts(found: Docker.ContainerInspectInfo): Props {
  const { Config: config, HostConfig: host } = found;
  return {
    bridge: untypedText(found.NetworkSettings, "Bridge"),
    ports: flattenPorts(found.NetworkSettings?.Ports),
    networkDatas: flattenNetworks(found),
    ...(found.State.Running ? { exitCode: null } : { exitCode: found.State.ExitCode }),
    name: found.Name.replace(/^\//, ""),
    rm: host.AutoRemove ?? false,
    readOnly: host.ReadonlyRootfs ?? false,
    image: found.Image,
    hostname: config.Hostname,
    domainname: config.Domainname,
    command: config.Cmd ?? [],
    entrypoints: flattenEntrypoint(config.Entrypoint),
    user: config.User,
    dns: host.Dns ?? [],
    dnsOpts: host.DnsOptions ?? [],
    dnsSearches: host.DnsSearch ?? [],
    securityOpts: flattenStrings(host.SecurityOpt),
    publishAllPorts: host.PublishAllPorts ?? false,
    restart: host.RestartPolicy?.Name ?? "",
    maxRetryCount: host.RestartPolicy?.MaximumRetryCount ?? 0,
    init: host.Init ?? false,
    workingDir: config.WorkingDir,
    ...flattenCapabilities(host),
    runtime: host.Runtime ?? "",
    tmpfs: flattenMap(host.Tmpfs),
    hosts: (host.ExtraHosts ?? []).map((entry: string) => {
      const [name = "", ...ip] = entry.split(":");
      return { host: name, ip: ip.join(":") };
    }),
    ulimits: (host.Ulimits ?? []).map((limit: Docker.Ulimit) => ({
      hard: limit.Hard ?? 0,
      name: limit.Name ?? "",
      soft: limit.Soft ?? 0,
    })),
    privileged: host.Privileged ?? false,
    devices: (host.Devices ?? []).map((device: Docker.DeviceMapping) => ({
      containerPath: device.PathInContainer,
      hostPath: device.PathOnHost,
      permissions: device.CgroupPermissions,
    })),
    memory: Math.trunc((host.Memory ?? 0) / mib),
    memorySwap: flattenSwap(host.MemorySwap ?? 0),
    memoryReservation: Math.trunc((host.MemoryReservation ?? 0) / mib),
    shmSize: Math.trunc((host.ShmSize ?? 0) / mib),
    cpuShares: host.CpuShares ?? 0,
    cpuSet: host.CpusetCpus ?? "",
    ...(host.NanoCpus ? { cpus: formatNanoCpus(host.NanoCpus) } : {}),
    logDriver: host.LogConfig?.Type ?? "",
    logOpts: flattenMap(host.LogConfig?.Config),
    storageOpts: flattenMap(host.StorageOpt),
    networkMode: host.NetworkMode ?? "",
    ...(host.PidMode ? { pidMode: host.PidMode } : {}),
    usernsMode: host.UsernsMode ?? "",
    ...flattenHealth(config.Healthcheck),
    sysctls: flattenMap(host.Sysctls),
    ipcMode: host.IpcMode ?? "",
    groupAdds: host.GroupAdd ?? [],
    tty: config.Tty,
    stdinOpen: config.OpenStdin,
    stopSignal: untypedText(config, "StopSignal"),
    stopTimeout: untypedNumber(config, "StopTimeout"),
    platform: found.Platform,
  };
}

/** Properties of the engine's answer that dockerode's types lack. */
function untyped(object: object, key: string): unknown {
  return Object.entries(object).find(([name]) => name === key)?.[1];
}

function untypedText(object: object, key: string): string {
  const value = untyped(object, key);
  return typeof value === "string" ? value : "";
}

function untypedNumber(object: object, key: string): number {
  const value = untyped(object, key);
  return typeof value === "number" ? value : 0;
}

function flattenPorts(ports: Docker.ContainerInspectInfo["NetworkSettings"]["Ports"] | undefined): Value {
  return Object.entries(ports ?? {})
    .map(([key, bindings]) => ({ internal: Number.parseInt(key, 10), protocol: key.split("/")[1] ?? "", bindings }))
    .sort((a, b) => a.internal - b.internal)
    .flatMap(({ internal, protocol, bindings }) =>
      (bindings ?? []).map((binding) => ({
        external: Number.parseInt(binding.HostPort, 10),
        internal,
        ip: binding.HostIp,
        protocol,
      })),
    );
}

function flattenNetworks(found: Docker.ContainerInspectInfo): Value {
  const networks = Object.entries(found.NetworkSettings?.Networks ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return networks.map(([networkName, network]) => ({
    gateway: network.Gateway,
    globalIpv6Address: network.GlobalIPv6Address,
    globalIpv6PrefixLength: network.GlobalIPv6PrefixLen,
    ipAddress: network.IPAddress,
    ipPrefixLength: network.IPPrefixLen,
    ipv6Gateway: network.IPv6Gateway,
    macAddress: network.MacAddress,
    networkName,
  }));
}

function flattenCapabilities(host: Docker.HostConfig): Props {
  const adds = flattenStrings(host.CapAdd);
  const drops = flattenStrings(host.CapDrop);
  return adds.length + drops.length > 0 ? { capabilities: { adds, drops } } : {};
}

/** The engine gives 0 for "none", -1 for "unlimited", otherwise bytes. */
function flattenSwap(bytes: number): number {
  return bytes > 0 ? Math.trunc(bytes / mib) : bytes;
}

function flattenHealth(health: Docker.HealthConfig | undefined): Props {
  if (health === undefined || health === null) {
    return {};
  }
  return {
    healthcheck: {
      interval: formatDuration(health.Interval ?? 0),
      retries: health.Retries ?? 0,
      startInterval: formatDuration(health.StartInterval ?? 0),
      startPeriod: formatDuration(health.StartPeriod ?? 0),
      tests: health.Test ?? [],
      timeout: formatDuration(health.Timeout ?? 0),
    },
  };
}

function flattenEntrypoint(entrypoint: string | string[] | undefined | null): string[] {
  return typeof entrypoint === "string" ? [entrypoint] : (entrypoint ?? []);
}

function flattenStrings(strings: string[] | null | undefined): string[] {
  return strings ?? [];
}

function flattenMap(map: Record<string, string> | null | undefined): Props {
  return { ...map };
}
