import { existsSync, readdirSync, readFileSync } from "node:fs";

const capSysResource = 1n << 24n;

/**
 * The open-file limit of containers of the engine on this machine: dockerd's own, unless dockerd may raise it.
 *
 * @returns undefined where no dockerd process is visible (Docker Desktop runs it in a virtual machine)
 */
export function engineNofile(): number | undefined {
  if (!existsSync("/proc/self/limits")) {
    return undefined;
  }
  const limits = readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "dockerd" ? [processNofile(pid)] : [];
      } catch (error) {
        if (isGone(error)) {
          return [];
        }
        throw error;
      }
    });
  return limits.length === 0 ? undefined : Math.max(...limits);
}

function processNofile(pid: string): number {
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
  if ((BigInt(`0x${capabilities}`) & capSysResource) !== 0n) {
    return Number(readFileSync("/proc/sys/fs/nr_open", "utf8"));
  }
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, "utf8"))?.[1];
  return hard === undefined || hard === "unlimited" ? Number.MAX_SAFE_INTEGER : Number(hard);
}

/** The process ended in the meantime. */
function isGone(error: unknown) {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH");
}
