import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { connect } from "node:net";
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

/** The processes of an update in a folder, with the port of their CLI. Empty where there is no /proc. */
function processesOfUpdates(folder: string): { pid: number; port: number }[] {
  const pids = process.platform === "linux" ? readdirSync("/proc").filter((entry) => /^\d+$/.test(entry)) : [];
  return pids.flatMap((pid) => {
    try {
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      const port = engineAddress.exec(commandLine)?.[1];
      const isOurs = ofAnUpdate.test(commandLine) && readlinkSync(`/proc/${pid}/cwd`) === folder;
      return isOurs && port !== undefined ? [{ pid: Number(pid), port: Number(port) }] : [];
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
 * Ends what a killed CLI has left running. An official plugin looks only every five minutes whether its CLI is there, and
 * may still create something.
 * @param folder the project's: a plugin runs in it
 * @returns how many processes it ended
 */
export async function endLeftoverProcesses(folder: string): Promise<number> {
  const found = processesOfUpdates(folder);
  const left = await Promise.all(found.map(async ({ pid, port }) => ((await listens(port)) ? [] : [pid])));
  const pids = left.flat();
  await Promise.all(pids.map((pid) => stopProcess(pid, 5000)));
  return pids.length;
}
