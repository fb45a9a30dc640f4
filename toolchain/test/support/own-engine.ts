/**
 * Run by own-engine.real.test.ts in a network, process and mount namespace of its own, so that its dockerd meets no
 * other: starts our own engine, kills it, has it restarted, stops it. Prints what it saw as one line of JSON.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { mustRun } from "../../../lib/run.ts";
import { findEngine } from "../../tools/engine.ts";
import { ownEngine, ownEnginePid, stopOwnEngine } from "../../tools/own-engine.ts";

async function network() {
  return {
    filter: await mustRun("iptables", ["-S"]),
    nat: await mustRun("iptables", ["-t", "nat", "-S"]),
    links: (await mustRun("ip", ["-o", "link"])).split("\n").flatMap((line) => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? []),
  };
}
function pid() {
  return ownEnginePid() ?? 0;
}

const before = await network();
const first = await findEngine();
const firstPid = pid();
const commandLine = readFileSync(`/proc/${firstPid}/cmdline`, "utf8");
const again = await findEngine();
const againPid = pid();
process.kill(firstPid, "SIGKILL");
await sleep(500);
const restarted = await findEngine();
const restartedPid = pid();
const during = await network();
await stopOwnEngine();
const after = await network();
const mounts = readFileSync("/proc/self/mounts", "utf8");
const left = [ownEngine.folder, ownEngine.runFolder].filter((folder) => mounts.includes(`${folder}/`));

process.stdout.write(
  `${JSON.stringify({ before, during, after, left, commandLine, engines: [first, again, restarted], pids: [firstPid, againPid, restartedPid, pid()] })}\n`,
);
