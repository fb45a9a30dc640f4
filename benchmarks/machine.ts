import { arch, cpus, release, totalmem, type } from "node:os";
import { type Limits, limits } from "./watch/machine.ts";

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

export const machine = (dockerVersion: string | null, replicas: number | null): Machine => ({
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  kernel: `${type()} ${release()} ${arch()}`,
  node: process.version,
  limits: limits(),
  engine: dockerVersion === null ? null : `Docker ${dockerVersion}`,
  replicas,
});

/** The machine in one line. */
export const describeMachine = ({ cpu, cores, memoryGb, node, engine, replicas }: Machine): string =>
  [
    `${cores} × ${cpu}`,
    `${memoryGb} GB`,
    ...(engine === null ? [] : [engine]),
    `Node ${node}`,
    ...(replicas === null ? [] : [`${replicas} replicas`]),
  ].join(", ");
