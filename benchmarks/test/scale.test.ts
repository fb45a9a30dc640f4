import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import Docker from "dockerode";
import { chosenScenarios } from "../options.ts";
import { scale } from "../plays/scale.ts";
import { Progress } from "../report/progress.ts";
import type { Stage } from "../stage.ts";
import { findTargets } from "../targets.ts";
import { fakeServer } from "./fake-server.ts";
import { siteAnswer } from "./fake-site.ts";

/** A stage whose stack is scaled in name only. @returns what was asked of it too */
async function stageOf(t: TestContext, failsAt?: number): Promise<{ stage: Stage; asked: (number | "back")[] }> {
  const url = new URL(await fakeServer(t, siteAnswer));
  const asked: (number | "back")[] = [];
  const scaling = {
    to: async (replicas: number) => {
      asked.push(replicas);
      if (replicas === failsAt) throw new Error("no room");
    },
    back: async () => void asked.push("back"),
  };
  const stack: NonNullable<Stage["local"]>["stack"] = JSON.parse('{ "replicas": [] }');
  const local = { engine: new Docker(), stack, startScaling: async () => scaling };
  const targets = await findTargets(url);
  return { stage: { url, targets, local, progress: new Progress(process.stderr), steps: [] }, asked };
}

const [scenario = assert.fail()] = chosenScenarios({ names: ["scale"], users: 2, seconds: 1 });

test("the replicas are scaled step by step, and in the end there are as many as before", async (t) => {
  const { stage, asked } = await stageOf(t);
  await scale(stage, scenario);
  assert.deepEqual(asked, [1, 2, 4, 8, "back"]);
  assert.deepEqual(
    stage.steps.map(({ label }) => label),
    ["1 replicas", "2 replicas", "4 replicas", "8 replicas"],
  );
});

test("that is so too where scaling fails, and the steps before it are there", async (t) => {
  const { stage, asked } = await stageOf(t, 2);
  await assert.rejects(scale(stage, scenario), /no room/);
  assert.deepEqual(asked, [1, 2, "back"]);
  assert.equal(stage.steps.length, 1);
});
