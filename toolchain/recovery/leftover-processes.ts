import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { connect } from "node:net";
import { basename } from "node:path";
import { stopProcess } from "../../lib/background.ts";
import { hasCode } from "../../lib/user-error.ts";

/** Pulumi's plugins, its language host, and the program that this one runs. */
const ofAnUpdate = /pulumi-(resource|language)-|@pulumi\/pulumi\/cmd\/run|\/offline\/plugins\/.*main\.ts/;

/** The address of the CLI that has started a process, which is in its command line. */
const engineAddress = /\b127\.0\.0\.1:(\d+)/;

/** Whether something listens on a port of this machine. */
function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", () => end(true)).once("error", () => end(false));
  });
}

type Process = { pid: number; words: string[] };

/** The processes that run in a folder. Empty where there is no /proc. */
function processesIn(folder: string): Process[] {
  const pids = process.platform === "linux" ? readdirSync("/proc").filter((entry) => /^\d+$/.test(entry)) : [];
  return pids.flatMap((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === folder
        ? [{ pid: Number(pid), words: readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0") }]
        : [];
    } catch (error) {
      // It has ended meanwhile, or belongs to another user.
      if (["ENOENT", "ESRCH", "EACCES", "EPERM"].some((code) => hasCode(error, code))) {
        return [];
      }
      throw error;
    }
  });
}

/**
 * A CLI that updates a stack, and may hold no lock yet: it takes the lock after its preview. The `npm run` that has started
 * it may have been killed.
 */
export function runningCli(folder: string, stack: string): number | undefined {
  return processesIn(folder).find(
    ({ words: [program = "", ...args] }) =>
      basename(program) === "pulumi" && ["up", "destroy"].includes(args[0] ?? "") && args.includes(stack),
  )?.pid;
}

/**
 * Ends what a killed CLI has left running. An official plugin looks only every five minutes whether its CLI is there, and
 * may still create something.
 * @param folder the project's: a plugin runs in it
 * @returns how many processes it ended
 */
export async function endLeftoverProcesses(folder: string): Promise<number> {
  const left = await Promise.all(
    processesIn(folder).map(async ({ pid, words }) => {
      const commandLine = words.join(" ");
      const port = engineAddress.exec(commandLine)?.[1];
      const isLeft = ofAnUpdate.test(commandLine) && port !== undefined && !(await listens(Number(port)));
      return isLeft ? [pid] : [];
    }),
  );
  const pids = left.flat();
  await Promise.all(pids.map((pid) => stopProcess(pid, 5000)));
  return pids.length;
}
