import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { stopProcess } from "../../lib/background.ts";
import { say } from "../../lib/report.ts";
import { runningDaemons } from "./daemons.ts";
import { removeLeftovers } from "./engine-leftovers.ts";
import { ownEngine, ownEnginePid } from "./own-engine.ts";

/** Stops our own engine, if it runs, and takes away what it leaves. An engine that is not ours is never touched. */
export async function stopOwnEngine(): Promise<void> {
  const own = ownEngine();
  const pid = ownEnginePid();
  if (pid !== undefined) {
    await stopProcess(pid, 60_000);
  } else if (!existsSync(own.runFolder)) {
    return;
  }
  const policy = existsSync(own.policyFile) ? readFileSync(own.policyFile, "utf8").trim() : "ACCEPT";
  await removeLeftovers(own, runningDaemons().length === 0, policy);
  await rm(own.policyFile, { force: true });
  if (pid !== undefined) {
    say("engine", "our own dockerd stopped");
  }
}
