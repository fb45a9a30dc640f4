/**
 * Plays many interrupted updates on a stack of its own, each with a random end at a random moment, and checks the next
 * `npm run up` after each. It keeps its progress in the cache: run it again and it goes on.
 *
 * node toolchain/test/interruptions/main.ts --count 100 --seed 1
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { z } from "zod";
import { interruption } from "../../../lib/interruption.ts";
import { readJson } from "../../../lib/json-file.ts";
import { inCache } from "../../../lib/paths.ts";
import { say, seconds, stopwatch } from "../../../lib/report.ts";
import { UserError } from "../../../lib/user-error.ts";
import { runCommand } from "../../run-command.ts";
import { findToolsWithoutImages } from "../../tools/toolchain.ts";
import { assertWhole, liveOnDocker } from "./checks.ts";
import { ends } from "./ends.ts";
import { ProjectCopy } from "./project.ts";
import { playRound } from "./round.ts";

const usage = "node toolchain/test/interruptions/main.ts [--count 100] [--seed 1] [--remove]";

const progressSchema = z.object({
  seed: z.number(),
  /** How long an update takes that nobody interrupts. */
  updateMs: z.number(),
  rounds: z.array(z.object({ end: z.string(), afterMs: z.number(), ok: z.boolean(), seconds: z.number() })),
});

/** A number from 0 to 1 that depends on the seed and the index alone, by mulberry32. */
function random(seed: number, index: number): number {
  let value = (seed * 0x9e3779b1 + index * 0x6d2b79f5) | 0;
  value = Math.imul(value ^ (value >>> 15), value | 1);
  value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
  return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
}

const replicas = 3;

async function series(): Promise<number> {
  const { values } = parseArgs({
    options: { count: { type: "string" }, seed: { type: "string" }, remove: { type: "boolean" } },
  });
  const [count, seed] = [Number(values.count ?? 100), Number(values.seed ?? 1)];
  if (!Number.isInteger(count) || !Number.isInteger(seed)) {
    throw new UserError(`--count and --seed are whole numbers. Usage: ${usage}`);
  }
  const folder = inCache("interruptions");
  mkdirSync(folder, { recursive: true });
  const project = new ProjectCopy(inCache("interruptions/project"), "interruptions");
  project.configure({
    "resume:replicas": String(replicas),
    ...Object.fromEntries(["port", "grafanaPort", "prometheusPort"].map((port) => [`resume:${port}`, "0"])),
  });
  const { engine } = await findToolsWithoutImages(project.stack);
  process.env.DOCKER_HOST = engine.host;
  const live = liveOnDocker(project.stack);
  if (values.remove) {
    await project.npm("pulumi", "destroy", "--yes", "--stack", project.stack);
    rmSync(folder, { recursive: true });
    return 0;
  }

  const file = inCache("interruptions/progress.json");
  let progress = progressSchema.safeParse(readJson(file)).data;
  if (progress?.seed !== seed) {
    await project.npm("up", ...project.upArguments);
    project.publish("Before all");
    const time = stopwatch();
    await project.npm("up", ...project.upArguments);
    progress = { seed, updateMs: time(), rounds: [] };
    await assertWhole(project, live, "Before all", replicas);
    say("series", `an update takes ${seconds(progress.updateMs)}`);
  }
  while (progress.rounds.length < count && !interruption.aborted) {
    const index = progress.rounds.length;
    const end = ends[Math.floor(random(seed, 2 * index) * ends.length)];
    if (end === undefined) {
      throw new Error("the ends are empty");
    }
    const afterMs = Math.round(random(seed, 2 * index + 1) * progress.updateMs);
    const time = stopwatch();
    const { wasRunning, interrupted, next, failure } = await playRound({
      project,
      live,
      replicas,
      label: `Round ${index} of ${seed}`,
      end,
      moment: afterMs,
    });
    if (interruption.aborted) {
      break;
    }
    const recovered = next.split("\n").filter((line) => /toolchain: (recovery|lock):/.test(line)).length;
    progress.rounds.push({ end: end.name, afterMs, ok: failure === undefined, seconds: time() / 1000 });
    writeFileSync(file, JSON.stringify(progress));
    writeFileSync(
      inCache(`interruptions/round-${index}.log`),
      `${interrupted}\n=== the next up ===\n${next}\n${failure?.stack ?? ""}`,
    );
    const result = failure === undefined ? "healthy" : `FAILED: ${failure.message.split("\n").slice(0, 12).join("\n")}`;
    const early = wasRunning ? "" : ", ended by itself before";
    say(
      "series",
      `${index}: ${end.name} after ${seconds(afterMs)}${early}; ${recovered} lines of recovery; ${seconds(time())}; ${result}`,
    );
  }
  const failed = progress.rounds.filter(({ ok }) => !ok).length;
  say("series", `seed ${seed}: ${progress.rounds.length} rounds, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

await runCommand("interruptions", 1, series);
