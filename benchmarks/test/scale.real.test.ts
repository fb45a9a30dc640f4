import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import Docker from "dockerode";
import type { Context } from "../context.ts";
import { chosenScenarios } from "../options.ts";
import { Progress } from "../report/progress.ts";
import { scale } from "../scenarios/scale.ts";
import { findSite } from "../site.ts";
import { fakeServer } from "./fake-server.ts";
import { siteAnswer } from "./fake-site.ts";

/** A context whose stack is scaled in name only. @returns what was asked of it too */
async function contextOf(t: TestContext, failsAt?: number): Promise<{ context: Context; asked: (number | "back")[] }> {
  const url = new URL(await fakeServer(t, siteAnswer));
  const asked: (number | "back")[] = [];
  const scaling = {
    to: async (replicas: number) => {
      asked.push(replicas);
      if (replicas === failsAt) {
        throw new Error("no room");
      }
    },
    back: async () => void asked.push("back"),
  };
  const stack: NonNullable<Context["local"]>["stack"] = JSON.parse('{ "replicas": [] }');
  const local = { engine: new Docker(), stack, startScaling: async () => scaling };
  const site = await findSite(url);
  return { context: { url, site, local, progress: new Progress(process.stderr), steps: [] }, asked };
}

const [scenario = assert.fail()] = chosenScenarios({ names: ["scale"], users: 2, seconds: 1 });

test("the replicas are scaled step by step, and in the end there are as many as before", async (t) => {
  const { context, asked } = await contextOf(t);
  await scale(context, scenario);
  assert.deepEqual(asked, [1, 2, 4, 8, "back"]);
  assert.deepEqual(
    context.steps.map(({ label }) => label),
    ["1 replicas", "2 replicas", "4 replicas", "8 replicas"],
  );
});

test("that is so too where scaling fails, and the steps before it are there", async (t) => {
  const { context, asked } = await contextOf(t, 2);
  await assert.rejects(scale(context, scenario), /no room/);
  assert.deepEqual(asked, [1, 2, "back"]);
  assert.equal(context.steps.length, 1);
});
