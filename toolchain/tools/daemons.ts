import { existsSync, readFileSync } from "node:fs";
import { processesNamed } from "../../lib/processes.ts";

/** A dockerd on this machine, as its command line and its settings file describe it. */
export type Daemon = {
  pid: number;
  /** The addresses that it was told to listen on. */
  hosts: string[];
  /** Whether published ports pass through its userland proxy, which is the default. */
  userlandProxy: boolean;
};

/** Reads the settings of a dockerd off its command line and the text of its settings file. */
export function describeDaemon(pid: number, commandLine: string, settings: string): Daemon {
  const listed = /"hosts"\s*:\s*\[([^\]]*)\]/.exec(settings)?.[1] ?? "";
  return {
    pid,
    hosts: [
      ...[...commandLine.matchAll(/(?:^|\s)(?:-H|--host)[= ](\S+)/g)].flatMap(([, host]) => host ?? []),
      ...[...listed.matchAll(/"([^"]+)"/g)].flatMap(([, host]) => host ?? []),
    ].filter((host) => host.includes("://") && !host.startsWith("fd:")),
    userlandProxy: !commandLine.includes("--userland-proxy=false") && !/"userland-proxy"\s*:\s*false/.test(settings),
  };
}

/** Every dockerd that runs in sight. Docker Desktop's is not: it runs in a virtual machine. */
export function runningDaemons(): Daemon[] {
  return processesNamed("dockerd").map(({ pid, commandLine }) => {
    const file = /--config-file[= ](\S+)/.exec(commandLine)?.[1] ?? "/etc/docker/daemon.json";
    return describeDaemon(pid, commandLine, existsSync(file) ? readFileSync(file, "utf8") : "");
  });
}
