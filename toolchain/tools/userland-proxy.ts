import { existsSync, readFileSync } from "node:fs";
import { processesNamed } from "../lib/processes.ts";

/**
 * Whether the dockerd on this machine passes published ports through its userland proxy, which is the default.
 * false when no dockerd runs in sight.
 */
export const mayUseUserlandProxy = (): boolean => {
  const daemons = processesNamed("dockerd");
  if (daemons.length === 0) return false;
  if (daemons.some(({ commandLine }) => commandLine.includes("--userland-proxy=false"))) return false;
  const files = daemons.map(
    ({ commandLine }) => /--config-file[= ](\S+)/.exec(commandLine)?.[1] ?? "/etc/docker/daemon.json",
  );
  return !files.some((file) => existsSync(file) && /"userland-proxy"\s*:\s*false/.test(readFileSync(file, "utf8")));
};
