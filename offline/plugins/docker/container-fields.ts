/** The inputs and outputs of docker:index/container:Container. */

import { parseDuration } from "../../../lib/docker-provider/duration.ts";
import type { Fields } from "../lib/schema.ts";
import { isProps, type Value } from "../lib/values.ts";
import { labels } from "./fields.ts";

function atLeast(minimum: number) {
  return (value: Value) => (typeof value === "number" && value < minimum ? `must be ${minimum} or more` : undefined);
}

function matching(pattern: RegExp, allowed: string) {
  return (value: Value) => (typeof value === "string" && !pattern.test(value) ? `must be ${allowed}` : undefined);
}

function duration(value: Value) {
  return typeof value === "string" && (parseDuration(value) ?? -1) < 0
    ? "must be a duration like 500ms, 10s or 1m30s"
    : undefined;
}

function base64(value: Value) {
  return typeof value === "string" && Buffer.from(value, "base64").toString("base64") !== value
    ? "must be base64"
    : undefined;
}

const absolutePath = matching(/^([a-zA-Z]:[\\/]|[\\/])/, "an absolute path");

/** An empty input means the image's own value, so it never differs. */
function emptyMeansAny(_old: Value, wanted: Value) {
  return wanted === "" || wanted === null;
}

const nothing = { fields: {}, unsupported: true } as const;

export const containerFields = {
  attach: { kind: "bool", default: false, unsupported: true },
  bridge: { kind: "string", outputOnly: true },
  capabilities: {
    kind: "block",
    replace: true,
    fields: { adds: { kind: "set", tf: "add", replace: true }, drops: { kind: "set", tf: "drop", replace: true } },
  },
  cgroupParent: { kind: "string", replace: true },
  cgroupnsMode: {
    kind: "string",
    replace: true,
    validate: matching(/^(private|host)?$/, "private or host"),
  },
  command: { kind: "list", computed: true, replace: true },
  containerLogs: { kind: "string", outputOnly: true },
  containerReadRefreshTimeoutMilliseconds: { kind: "int", default: 15000 },
  cpuPeriod: { kind: "int", validate: atLeast(0) },
  cpuQuota: { kind: "int", validate: atLeast(0) },
  cpuSet: { kind: "string", validate: matching(/^\d+([,-]\d+)*$/, "a list of CPUs like 0-1 or 0,2") },
  cpuShares: { kind: "int", validate: atLeast(0) },
  cpus: { kind: "string", replace: true, validate: matching(/^\d+(\.\d*)?$|^\.\d+$/, "a number of CPUs like 1.5") },
  destroyGraceSeconds: { kind: "int" },
  deviceReadBps: { kind: "blockSet", ...nothing },
  deviceReadIops: { kind: "blockSet", ...nothing },
  deviceRequests: { kind: "blockSet", ...nothing },
  deviceWriteBps: { kind: "blockSet", ...nothing },
  deviceWriteIops: { kind: "blockSet", ...nothing },
  devices: {
    kind: "blockSet",
    replace: true,
    fields: {
      containerPath: { kind: "string", replace: true },
      hostPath: { kind: "string", required: true, replace: true },
      permissions: { kind: "string", replace: true },
    },
  },
  dns: { kind: "set", replace: true },
  dnsOpts: { kind: "set", replace: true },
  dnsSearches: { kind: "set", tf: "dns_search", replace: true },
  domainname: { kind: "string", replace: true },
  entrypoints: { kind: "list", tf: "entrypoint", computed: true, replace: true },
  envs: { kind: "set", tf: "env", computed: true, replace: true },
  exitCode: { kind: "int", outputOnly: true },
  gpus: { kind: "string", replace: true, unsupported: true },
  groupAdds: { kind: "set", tf: "group_add", replace: true },
  healthcheck: {
    kind: "block",
    computed: true,
    fields: {
      interval: { kind: "string", default: "0s", validate: duration },
      retries: { kind: "int", default: 0, validate: atLeast(0) },
      startInterval: { kind: "string", default: "0s", validate: duration },
      startPeriod: { kind: "string", default: "0s", validate: duration },
      tests: { kind: "list", tf: "test" },
      timeout: { kind: "string", default: "0s", validate: duration },
    },
  },
  hostname: { kind: "string", computed: true, replace: true },
  hosts: {
    kind: "blockSet",
    tf: "host",
    replace: true,
    fields: {
      host: { kind: "string", required: true, replace: true },
      ip: { kind: "string", required: true, replace: true },
    },
  },
  image: { kind: "string", required: true, replace: true },
  init: { kind: "bool", computed: true },
  ipcMode: { kind: "string", computed: true, replace: true },
  labels: { ...labels, computed: true },
  logDriver: { kind: "string", computed: true, replace: true },
  logOpts: { kind: "map", replace: true },
  logs: { kind: "bool", default: false, unsupported: true },
  maxRetryCount: { kind: "int" },
  memory: { kind: "int", validate: atLeast(0) },
  memoryReservation: { kind: "int", validate: atLeast(0) },
  memorySwap: { kind: "int", validate: atLeast(-1) },
  mounts: { kind: "blockSet", ...nothing },
  mustRun: { kind: "bool", default: true },
  name: { kind: "string", autoName: true, required: true, replace: true },
  networkDatas: {
    kind: "blockList",
    tf: "network_data",
    outputOnly: true,
    fields: {
      gateway: { kind: "string" },
      globalIpv6Address: { kind: "string" },
      globalIpv6PrefixLength: { kind: "int" },
      ipAddress: { kind: "string" },
      ipPrefixLength: { kind: "int" },
      ipv6Gateway: { kind: "string" },
      macAddress: { kind: "string" },
      networkName: { kind: "string" },
    },
  },
  networkMode: { kind: "string", default: "bridge", replace: true },
  networksAdvanced: {
    kind: "blockSet",
    replace: true,
    fields: {
      aliases: { kind: "set", replace: true },
      driverOpts: { kind: "set", replace: true },
      gwPriority: { kind: "int", default: 0, replace: true },
      ipv4Address: { kind: "string", replace: true },
      ipv6Address: { kind: "string", replace: true },
      linkLocalIps: { kind: "set", replace: true },
      macAddress: { kind: "string", replace: true },
      name: { kind: "string", required: true, replace: true },
    },
  },
  pidMode: { kind: "string", replace: true },
  platform: { kind: "string", computed: true, replace: true },
  ports: {
    kind: "blockList",
    replace: true,
    suppress: samePorts,
    fields: {
      external: { kind: "int", computed: true, replace: true },
      internal: { kind: "int", required: true, replace: true },
      ip: { kind: "string", default: "0.0.0.0", replace: true },
      protocol: { kind: "string", default: "tcp", replace: true },
    },
  },
  privileged: { kind: "bool", replace: true },
  publishAllPorts: { kind: "bool", replace: true },
  readOnly: { kind: "bool", default: false, replace: true },
  removeVolumes: { kind: "bool", default: true },
  restart: {
    kind: "string",
    default: "no",
    validate: matching(/^(no|on-failure|always|unless-stopped)$/, "no, on-failure, always or unless-stopped"),
  },
  rm: { kind: "bool", default: false },
  runtime: { kind: "string", computed: true, replace: true },
  securityOpts: { kind: "set", computed: true, replace: true },
  shmSize: { kind: "int", computed: true, replace: true, validate: atLeast(0) },
  start: { kind: "bool", default: true },
  stdinOpen: { kind: "bool", default: false, replace: true },
  stopSignal: { kind: "string", computed: true, replace: true },
  stopTimeout: { kind: "int", computed: true, replace: true },
  storageOpts: { kind: "map", replace: true },
  sysctls: { kind: "map", replace: true },
  tmpfs: { kind: "map" },
  tty: { kind: "bool", default: false, replace: true },
  ulimits: {
    kind: "blockSet",
    tf: "ulimit",
    replace: true,
    fields: {
      hard: { kind: "int", required: true, replace: true },
      name: { kind: "string", required: true, replace: true },
      soft: { kind: "int", required: true, replace: true },
    },
  },
  uploads: {
    kind: "blockSet",
    tf: "upload",
    replace: true,
    fields: {
      content: { kind: "string", replace: true },
      contentBase64: { kind: "string", tf: "content_base64", replace: true, validate: base64 },
      executable: { kind: "bool", default: false, replace: true },
      file: { kind: "string", required: true, replace: true },
      group: { kind: "string", replace: true },
      owner: { kind: "string", replace: true },
      permissions: { kind: "string", replace: true, validate: matching(/^0[0-7]{3}$/, "four octal digits like 0644") },
      source: { kind: "string", replace: true },
      sourceHash: { kind: "string", replace: true },
    },
  },
  user: { kind: "string", replace: true, suppress: emptyMeansAny },
  usernsMode: { kind: "string", replace: true },
  volumes: {
    kind: "blockSet",
    replace: true,
    fields: {
      containerPath: { kind: "string", replace: true },
      fromContainer: { kind: "string", replace: true },
      hostPath: { kind: "string", replace: true, validate: absolutePath },
      readOnly: { kind: "bool", replace: true },
      selinuxRelabel: { kind: "string", replace: true, validate: matching(/^[zZ]?$/, "z or Z") },
      volumeName: { kind: "string", replace: true },
    },
  },
  wait: { kind: "bool", default: false },
  waitTimeout: { kind: "int", default: 60 },
  workingDir: { kind: "string", replace: true, suppress: emptyMeansAny },
} as const satisfies Fields;

/** The engine lists ports by number; the program's order means nothing. */
function samePorts(old: Value, wanted: Value): boolean {
  if (!Array.isArray(old) || !Array.isArray(wanted) || old.length !== wanted.length) {
    return false;
  }
  const key = (port: Value) => (isProps(port) ? [port.internal, port.protocol, port.external, port.ip].join(" ") : "");
  const has = wanted.map(key);
  return old.every((port) => has.includes(key(port)));
}
