import { cpus, totalmem } from "node:os";

/** What the figures were measured on. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  node: string;
  /** Docker and its version; null where the stack is not on this machine's engine. */
  engine: string | null;
  replicas: number | null;
}

export const machine = (dockerVersion: string | null, replicas: number | null): Machine => ({
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.version,
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
