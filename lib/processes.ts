import { readdirSync, readFileSync } from "node:fs";
import { hasCode } from "./user-error.ts";

/** The running processes whose program has this name. Empty where there is no /proc. */
export function processesNamed(name: string): { pid: number; commandLine: string }[] {
  const pids = process.platform === "linux" ? readdirSync("/proc").filter((entry) => /^\d+$/.test(entry)) : [];
  return pids.flatMap((pid) => {
    try {
      if (readFileSync(`/proc/${pid}/comm`, "utf8").trim() !== name) {
        return [];
      }
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      // A zombie has no command line.
      return commandLine === "" ? [] : [{ pid: Number(pid), commandLine }];
    } catch (error) {
      if (hasCode(error, "ENOENT") || hasCode(error, "ESRCH")) {
        return [];
      }
      throw error;
    }
  });
}
