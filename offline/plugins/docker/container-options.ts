/** The engine's create request, made from a container's inputs. */
import type Docker from "dockerode";
import { parseDuration } from "../../../lib/docker-provider/duration.ts";
import { isProps, type Props, type Value } from "../lib/values.ts";
import { labelsToMap, number, objects, text, textMap, texts } from "./fields.ts";

const mib = 1024 * 1024;

/** The engine's create request. Memory inputs are MiB, the engine takes bytes. */
export function createOptions(planned: Props): Docker.ContainerCreateOptions {
  const ports = objects(planned.ports);
  const volumes = volumeOptions(planned.volumes);
  const health = planned.healthcheck;
  const command = texts(planned.command);
  if (command.includes("")) {
    throw new Error("values for command may not be empty");
  }
  return {
    name: text(planned.name),
    ...given("platform", text(planned.platform)),
    Image: text(planned.image),
    Hostname: text(planned.hostname),
    Domainname: text(planned.domainname),
    Tty: planned.tty === true,
    OpenStdin: planned.stdinOpen === true,
    ...given("StopSignal", text(planned.stopSignal)),
    ...given("StopTimeout", number(planned.stopTimeout)),
    ...given("Env", texts(planned.envs)),
    ...given("Cmd", command),
    ...given("Entrypoint", texts(planned.entrypoints)),
    ...given("User", text(planned.user)),
    ...given("WorkingDir", text(planned.workingDir)),
    ExposedPorts: Object.fromEntries(ports.map((port) => [portKey(port), {}])),
    Volumes: Object.fromEntries(volumes.paths.map((path) => [path, {}])),
    Labels: labelsToMap(planned.labels),
    ...(isProps(health) ? { Healthcheck: healthOptions(health) } : {}),
    HostConfig: hostOptions(planned, ports, volumes),
  };
}

function hostOptions(planned: Props, ports: Props[], volumes: VolumeOptions): Docker.HostConfig {
  const capabilities = planned.capabilities;
  const swap = number(planned.memorySwap);
  return {
    Privileged: planned.privileged === true,
    PublishAllPorts: planned.publishAllPorts === true,
    RestartPolicy: restartPolicy(planned),
    ...given("Runtime", text(planned.runtime)),
    AutoRemove: planned.rm === true,
    ReadonlyRootfs: planned.readOnly === true,
    LogConfig: { Type: text(planned.logDriver), Config: textMap(planned.logOpts) },
    ...given("Tmpfs", textMap(planned.tmpfs)),
    PortBindings: portBindings(ports),
    ...given(
      "ExtraHosts",
      objects(planned.hosts).map((host) => `${text(host.host)}:${text(host.ip)}`),
    ),
    ...given("Binds", volumes.binds),
    ...given("VolumesFrom", volumes.from),
    ...given(
      "Ulimits",
      objects(planned.ulimits).map((limit) => ({
        Name: text(limit.name),
        Soft: number(limit.soft),
        Hard: number(limit.hard),
      })),
    ),
    ...(isProps(capabilities) ? { CapAdd: texts(capabilities.adds), CapDrop: texts(capabilities.drops) } : {}),
    ...given("Devices", objects(planned.devices).map(deviceOptions)),
    ...given("Dns", texts(planned.dns)),
    ...given("DnsOptions", texts(planned.dnsOpts)),
    ...given("DnsSearch", texts(planned.dnsSearches)),
    ...given("SecurityOpt", texts(planned.securityOpts)),
    ...given("Memory", number(planned.memory) * mib),
    ...given("MemorySwap", swap > 0 ? swap * mib : swap),
    ...given("MemoryReservation", number(planned.memoryReservation) * mib),
    ...given("ShmSize", number(planned.shmSize) * mib),
    ...cpuOptions(planned),
    ...given("CpuShares", number(planned.cpuShares)),
    ...given("CpusetCpus", text(planned.cpuSet)),
    NetworkMode: text(planned.networkMode),
    ...given("UsernsMode", text(planned.usernsMode)),
    ...given("PidMode", text(planned.pidMode)),
    ...given("Sysctls", textMap(planned.sysctls)),
    ...given("IpcMode", text(planned.ipcMode)),
    ...given("GroupAdd", texts(planned.groupAdds)),
    ...given("CgroupParent", text(planned.cgroupParent)),
    ...given("CgroupnsMode", text(planned.cgroupnsMode)),
    ...given("StorageOpt", textMap(planned.storageOpts)),
    Init: planned.init === true,
  };
}

/** `cpus` wins over period and quota. */
function cpuOptions(planned: Props): Docker.HostConfig {
  const cpus = text(planned.cpus);
  return cpus === ""
    ? { ...given("CpuPeriod", number(planned.cpuPeriod)), ...given("CpuQuota", number(planned.cpuQuota)) }
    : { NanoCpus: Math.round(Number(cpus) * 1e9) };
}

export function restartPolicy(planned: Props): Docker.HostRestartPolicy {
  return { Name: text(planned.restart), MaximumRetryCount: number(planned.maxRetryCount) };
}

function portKey(port: Props): string {
  return `${number(port.internal)}/${text(port.protocol)}`;
}

function portBindings(ports: Props[]): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of ports) {
    const external = number(port.external);
    const binding = { HostIp: text(port.ip), HostPort: external === 0 ? "0" : String(external) };
    const key = portKey(port);
    bindings[key] = [...(bindings[key] ?? []), binding];
  }
  return bindings;
}

function healthOptions(health: Props): Docker.HealthConfig {
  const ns = (name: string) => parseDuration(text(health[name])) ?? 0;
  return {
    Test: texts(health.tests),
    Interval: ns("interval"),
    Timeout: ns("timeout"),
    StartPeriod: ns("startPeriod"),
    ...given("StartInterval", ns("startInterval")),
    Retries: number(health.retries),
  };
}

interface VolumeOptions {
  paths: string[];
  binds: string[];
  from: string[];
}

function volumeOptions(value: Value | undefined): VolumeOptions {
  const options: VolumeOptions = { paths: [], binds: [], from: [] };
  for (const volume of objects(value)) {
    const from = text(volume.fromContainer);
    const path = text(volume.containerPath);
    if ((from === "") === (path === "")) {
      throw new Error("each entry of volumes needs either containerPath or fromContainer");
    }
    if (from !== "") {
      options.from.push(from);
      continue;
    }
    options.paths.push(path);
    const source = text(volume.hostPath) || text(volume.volumeName);
    if (source !== "") {
      const modes = [volume.readOnly === true ? "ro" : "rw", text(volume.selinuxRelabel)].filter((mode) => mode !== "");
      options.binds.push(`${source}:${path}:${modes.join(",")}`);
    }
  }
  return options;
}

function deviceOptions(device: Props): { PathOnHost: string; PathInContainer: string; CgroupPermissions: string } {
  const host = text(device.hostPath);
  return {
    PathOnHost: host,
    PathInContainer: text(device.containerPath) || host,
    CgroupPermissions: text(device.permissions) || "rwm",
  };
}

/** The option, or none when it is empty, so that the engine's default holds. */
function given<K extends string, V extends string | number | object>(key: K, value: V): { [key in K]?: V } {
  const empty = value === "" || value === 0 || (typeof value === "object" && Object.keys(value).length === 0);
  const option: { [key in K]?: V } = {};
  if (!empty) {
    option[key] = value;
  }
  return option;
}
