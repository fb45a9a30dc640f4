import { readFileSync } from "node:fs";
import { UserError } from "../../toolchain/lib/user-error.ts";

/** What one process of this machine may have; undefined where the system does not say. */
export interface Limits {
  openFiles: number | undefined;
  /** Ports that connections to one address can have. */
  ports: number | undefined;
}

/** Linux tells; elsewhere nothing is known. */
export function limits(): Limits {
  const [, openFiles] = /^Max open files\s+\S+\s+(\d+)/m.exec(textOf("/proc/self/limits")) ?? [];
  const [, from, to] = /^(\d+)\s+(\d+)/.exec(textOf("/proc/sys/net/ipv4/ip_local_port_range")) ?? [];
  return {
    openFiles: openFiles === undefined ? undefined : Number(openFiles),
    ports: from === undefined || to === undefined ? undefined : Number(to) - Number(from) + 1,
  };
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Not Linux: no limit is known, and the report says so.
    return "";
  }
};

/** What the process needs beside the connections: its own files, and connections that are still closing. */
const spare = { openFiles: 200, ports: 2000 };

/** Refuses a load that this machine itself can't send, so that its own failure never counts as the server's. @throws UserError */
export function mustCarry(users: number, { openFiles, ports }: Limits): void {
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
}
