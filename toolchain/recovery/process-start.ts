import { readFileSync } from "node:fs";
import { hasEnded } from "../../lib/background.ts";
import { run } from "../../lib/run.ts";
import { hasCode } from "../../lib/user-error.ts";

/** The kernel's unit of a process's start: Linux shows programs 100 a second on every platform. */
const ticksPerSecond = 100;

/** When a process of this machine was started, in milliseconds since 1970; undefined when it has ended. */
export async function processStart(pid: number): Promise<number | undefined> {
  if (process.platform !== "linux") {
    const { code, stdout } = await run("ps", ["-o", "lstart=", "-p", String(pid)], { env: { LC_ALL: "C" } });
    return code === 0 ? Date.parse(stdout) : undefined;
  }
  if (hasEnded(pid)) {
    return undefined;
  }
  try {
    // The second field is the program's name in parentheses, which may have spaces in it.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    const boot = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1];
    return (Number(boot) + Number(fields[19]) / ticksPerSecond) * 1000;
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ESRCH")) {
      return undefined;
    }
    throw error;
  }
}
