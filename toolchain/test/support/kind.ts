/**
 * Run by kind.real.test.ts with a cache, a PATH and an engine of its own: creates and removes a cluster
 * in a container. With the argument `use`, it stops and starts it in between.
 */

import { messageOf } from "../../../lib/user-error.ts";
import { clusterPresence, clusterRegistry, ensureCluster, restoreCluster } from "../../cluster/cluster.ts";
import { removeKind, startWithKind } from "../../cluster/kind-cluster.ts";

async function use() {
  const before = await clusterPresence();
  const started = await startWithKind();
  const presences = [before, await clusterPresence()];
  const registry = await clusterRegistry();
  await restoreCluster("running");
  presences.push(await clusterPresence());
  await restoreCluster("stopped");
  presences.push(await clusterPresence());
  const again = [await ensureCluster(), await ensureCluster()];
  presences.push(await clusterPresence());
  await restoreCluster(before);
  presences.push(await clusterPresence());
  return { started, again, registry, presences, removed: await removeKind() };
}

async function tryOnce() {
  return {
    started: (await startWithKind().catch(messageOf)) ?? null,
    removed: await removeKind().catch(messageOf),
  };
}

process.stdout.write(`${JSON.stringify(await (process.argv[2] === "use" ? use() : tryOnce()))}\n`);
