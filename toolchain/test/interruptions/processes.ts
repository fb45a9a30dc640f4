import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hasCode } from "../../../lib/user-error.ts";

export type Process = { pid: number; parent: number; command: string; folder: string };

/** The running processes of this machine. */
export function processes(): Process[] {
  const pids = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  return pids.flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      const parent = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      // A zombie has no command line.
      return command === ""
        ? []
        : [{ pid: Number(pid), parent: Number(parent), command, folder: readlinkSync(`/proc/${pid}/cwd`) }];
    } catch (error) {
      if (hasCode(error, "ENOENT") || hasCode(error, "ESRCH") || hasCode(error, "EACCES")) {
        return [];
      }
      throw error;
    }
  });
}

/** A process and all that it has started, by any number of steps. */
export function tree(root: number, all = processes()): Process[] {
  const own = all.filter(({ pid }) => pid === root);
  return [...own, ...all.filter(({ parent }) => parent === root).flatMap(({ pid }) => tree(pid, all))];
}
