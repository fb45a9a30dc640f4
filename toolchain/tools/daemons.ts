import { existsSync, readFileSync } from "node:fs";
import { processesNamed } from "../../lib/processes.ts";

/** A dockerd on this machine. */
export type Daemon = {
  pid: number;
  /** The addresses on which it listens. */
  hosts: string[];
  /** Whether published ports pass through its userland proxy, which is the default. */
  userlandProxy: boolean;
};

/** Reads a dockerd's settings from its command line and from the text of its config file. */
export function describeDaemon(pid: number, commandLine: string, config: string): Daemon {
  const configured = /"hosts"\s*:\s*\[([^\]]*)\]/.exec(config)?.[1] ?? "";
  return {
    pid,
    hosts: [
      ...[...commandLine.matchAll(/(?:^|\s)(?:-H|--host)[= ](\S+)/g)].flatMap(([, host]) => host ?? []),
      ...[...configured.matchAll(/"([^"]+)"/g)].flatMap(([, host]) => host ?? []),
    ].filter((host) => host.includes("://") && !host.startsWith("fd:")),
    userlandProxy: !commandLine.includes("--userland-proxy=false") && !/"userland-proxy"\s*:\s*false/.test(config),
  };
}

/** The running dockerds. Docker Desktop's is not among them: it runs in a virtual machine. */
export function runningDaemons(): Daemon[] {
  return processesNamed("dockerd").map(({ pid, commandLine }) => {
    const file = /--config-file[= ](\S+)/.exec(commandLine)?.[1] ?? "/etc/docker/daemon.json";
    return describeDaemon(pid, commandLine, existsSync(file) ? readFileSync(file, "utf8") : "");
  });
}
