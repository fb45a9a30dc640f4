import { pause } from "../../lib/interruption.ts";
import { projectRoot } from "../../lib/paths.ts";
import { say } from "../../lib/report.ts";
import { UserError } from "../../lib/user-error.ts";
import { pulumiOutput } from "../lib/pulumi.ts";
import type { ToolsWithoutImages } from "../tools/toolchain.ts";
import { runningCli } from "./leftover-processes.ts";
import { holderOf, locksOf } from "./locks.ts";

/**
 * Lifts the lock of a process that has ended, and waits for one that runs.
 * @returns whether it lifted one
 * @throws {UserError} when a process of another machine holds the lock
 */
export async function liftLock(tools: ToolsWithoutImages, folder: string, stack: string): Promise<boolean> {
  let reported = false;
  for (;;) {
    const locks = locksOf(folder, stack);
    const held = await Promise.all(locks.map(async (lock) => ({ ...lock, holder: await holderOf(lock) })));
    const elsewhere = held.find(({ holder }) => holder === "elsewhere");
    if (elsewhere) {
      const { pid, username, hostname, timestamp } = elsewhere;
      throw new UserError(
        `The stack ${stack} is locked by process ${pid} of ${username} on ${hostname}, since ${timestamp}. If it has ended: npm run pulumi -- cancel --stack ${stack}`,
      );
    }
    const running = held.find(({ holder }) => holder === "runs")?.pid ?? runningCli(projectRoot, stack);
    if (running === undefined) {
      const [ended] = held;
      if (ended) {
        await pulumiOutput(tools, ["cancel", "--yes"], stack);
        say("recovery", `the lock of process ${ended.pid}, which has ended since ${ended.timestamp}, is lifted`);
      }
      return ended !== undefined;
    }
    if (!reported) {
      say("lock", `process ${running} updates the stack ${stack}; waiting for it`);
    }
    reported = true;
    await pause(500);
  }
}
