import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { UserError } from "../lib/user-error.ts";

/** What the figures were measured on. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  /** The system's kernel with its version, and what it runs on. */
  kernel: string;
  node: string;
  /** What one process may have. */
  limits: Limits;
  /** Docker and its version; null where the stack is not on this machine's engine. */
  engine: string | null;
  replicas: number | null;
}

export function machine(dockerVersion: string | null, replicas: number | null): Machine {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()} ${arch()}`,
    node: process.version,
    limits: limits(),
    engine: dockerVersion === null ? null : `Docker ${dockerVersion}`,
    replicas,
  };
}

/** The machine in one line. */
export function describeMachine({ cpu, cores, memoryGb, node, engine, replicas }: Machine): string {
  return [
    `${cores} × ${cpu}`,
    `${memoryGb} GB`,
    ...(engine === null ? [] : [engine]),
    `Node ${node}`,
    ...(replicas === null ? [] : [`${replicas} replicas`]),
  ].join(", ");
}

/** Limits of one process of this machine, and its load average; undefined where the system has no such figure. */
export interface Limits {
  openFiles: number | undefined;
  /** Ports that connections to one address can have. */
  ports: number | undefined;
  /** Connections that the firewall can still keep track of. */
  tracked: number | undefined;
  cores: number;
  /** Processes that ran or waited to, on average of the last minute. */
  busy: number | undefined;
}

/** Mostly Linux: other systems have few of these figures. */
export function limits(): Limits {
  const [, openFiles] = /^Max open files\s+\S+\s+(\d+)/m.exec(textOf("/proc/self/limits")) ?? [];
  const [, from, to] = /^(\d+)\s+(\d+)/.exec(textOf("/proc/sys/net/ipv4/ip_local_port_range")) ?? [];
  const [most, now] = ["max", "count"].map((name) => textOf(`/proc/sys/net/netfilter/nf_conntrack_${name}`).trim());
  return {
    openFiles: openFiles === undefined ? undefined : Number(openFiles),
    ports: from === undefined || to === undefined ? undefined : Number(to) - Number(from) + 1,
    // Some kernels have the limit only.
    tracked: most ? Number(most) - Number(now || 0) : undefined,
    cores: availableParallelism(),
    // Always 0 on Windows.
    busy: process.platform === "win32" ? undefined : loadavg()[0],
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Not Linux, or no firewall: the limit stays unknown.
    return "";
  }
}

/** What the process needs beside the connections: its own files, and connections that are still closing. */
const spare = { openFiles: 200, ports: 2000, tracked: 2000 };

/** A connection to a container's published port is two: to the engine's proxy or rule, and on to the container. */
const trackedEach = 2;

/** Refuses a load that this machine itself can't send, so that its own failure never counts as the server's. @throws {UserError} */
export function assertCapacity(users: number, { openFiles, ports, tracked }: Limits): void {
  if (openFiles !== undefined && users + spare.openFiles > openFiles) {
    throw new UserError(
      `${users} users need ${users + spare.openFiles} open files, and this machine allows a process ${openFiles}: raise it (ulimit -Hn), or ask for at most --users ${openFiles - spare.openFiles}.`,
    );
  }
  if (ports !== undefined && users + spare.ports > ports) {
    throw new UserError(
      `${users} users need as many local ports, and this machine has ${ports} (net.ipv4.ip_local_port_range): ask for at most --users ${ports - spare.ports}.`,
    );
  }
  if (tracked !== undefined && users * trackedEach + spare.tracked > tracked) {
    throw new UserError(
      `${users} users need ${users * trackedEach + spare.tracked} tracked connections, and this machine's firewall has room for ${tracked}: raise net.netfilter.nf_conntrack_max, or ask for at most --users ${Math.floor((tracked - spare.tracked) / trackedEach)}.`,
    );
  }
}

/** A machine that has this part of its processors' time taken before a run is too busy to be measured on. */
const busyShare = 0.5;

/** What a reader should know of the machine before a run; none is a reason not to run. */
export function warnings({ cores, busy }: Limits): string[] {
  if (busy === undefined || busy <= cores * busyShare) {
    return [];
  }
  return [
    `This machine was busy before the run: ${busy.toFixed(1)} processes on average of the last minute on ${cores} processors. Its figures are lower than they could be.`,
  ];
}

/** Refuses a result that lacks requests which this machine could not send. @throws {UserError} */
export function assertAllSent({ unsent, unsentBy }: { unsent: number; unsentBy: readonly string[] }): void {
  if (unsent === 0) {
    return;
  }
  throw new UserError(
    `This machine could not send ${unsent} requests (${unsentBy.join(", ")}), so the run says nothing of the servers: raise its limits (ulimit -Hn, net.ipv4.ip_local_port_range), or ask for fewer --users.`,
  );
}
