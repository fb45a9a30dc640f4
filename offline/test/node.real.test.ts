import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { runAlone, sharedCache, skipWithoutNode } from "../../lib/testing/alone.ts";
import { componentNames } from "../node/components.ts";
import { bridge } from "../node/paths.ts";
import { prepareNode } from "../node/up.ts";

test("our own cluster comes up, runs pods, volumes and the autoscaler, and leaves nothing when it is taken away", {
  skip: skipWithoutNode,
  // A first build of the programs takes 8 min of it.
  timeout: 1_200_000,
}, async () => {
  await prepareNode();
  const cache = sharedCache();
  const seen = JSON.parse(await runAlone(cache, join(import.meta.dirname, "support/node.ts")));

  const [port, stranger, nothingMade] = seen.refusals;
  assert.equal(
    port,
    "cluster: kube-scheduler needs port 22259 on 127.0.0.1, which is taken. Free it and run this again.",
  );
  assert.ok(stranger.startsWith(`cluster: a kubelet that is not ours runs on this machine (process ${seen.stranger})`));
  assert.equal(nothingMade, true);

  const [first, second, again] = seen.ups;
  assert.equal(first.started, true);
  assert.equal(second.started, false);
  assert.ok(second.seconds < 10, `the second up took ${second.seconds} s`);
  assert.equal(again.started, true);
  assert.deepEqual(seen.running, componentNames);
  const [pidsBefore, pidsAfter] = seen.pids;
  for (const [index, pid] of pidsAfter.entries()) {
    assert.ok(Number.isInteger(pid) && Number.isInteger(pidsBefore[index]));
    assert.notEqual(pid, pidsBefore[index]);
  }

  assert.equal(seen.page, "OK");
  assert.match(seen.service, /^10\./);
  assert.deepEqual(seen.resolved, [[seen.service], [seen.service]]);
  assert.equal(seen.claimed, 201);
  assert.equal(seen.volume, "Bound");
  assert.equal(seen.refused, 403);
  assert.equal(typeof seen.measured, "number");
  assert.equal(seen.nodes, 1);

  assert.ok(seen.during.links.includes(bridge));
  assert.ok(seen.during.rules.some((rule: string) => rule.includes("KUBE-SERVICES")));
  assert.ok(seen.during.mounts.length > 0);
  // Pods live on while what manages them is started anew.
  assert.ok(seen.pods[0].length >= 4);
  assert.deepEqual(seen.pods[1], seen.pods[0]);
  // Stopped it leaves nothing but its own folder, and goes on from there.
  assert.deepEqual(seen.presences, ["none", "running", "stopped", "running"]);
  const { processes, ups: restarted, volume, ...stopped } = seen.stopped;
  assert.deepEqual({ ...stopped, places: [] }, seen.before);
  assert.deepEqual(stopped.places, [join(cache, "cluster")]);
  assert.deepEqual(processes, []);
  assert.equal(restarted.started, true);
  assert.equal(volume, "Bound");
  assert.equal(seen.removed.started, true);
  assert.equal(seen.removedAgain, false);
  assert.deepEqual(seen.after, seen.before);
  assert.deepEqual(seen.processes, { before: [], after: [], pods: 0 });
});
