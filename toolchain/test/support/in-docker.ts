/**
 * Run by cluster-in-docker.test.ts with a cache, a PATH and an engine of its own: brings a cluster up in a container, and
 * takes it away. With the argument `use`, it is stopped and brought up again in between.
 */
import { clusterPresence, clusterRegistry, ensureCluster, putBack } from "../../cluster/cluster.ts";
import { removeInDocker, startInDocker } from "../../cluster/in-docker.ts";
import { messageOf } from "../../../lib/user-error.ts";

const use = async () => {
  const before = await clusterPresence();
  const started = await startInDocker();
  const presences = [before, await clusterPresence()];
  const registry = await clusterRegistry();
  await putBack("running");
  presences.push(await clusterPresence());
  await putBack("stopped");
  presences.push(await clusterPresence());
  const again = [await ensureCluster(), await ensureCluster()];
  presences.push(await clusterPresence());
  await putBack(before);
  presences.push(await clusterPresence());
  return { started, again, registry, presences, removed: await removeInDocker() };
};

const tryOnce = async () => ({
  started: (await startInDocker().catch(messageOf)) ?? null,
  removed: await removeInDocker(),
});

process.stdout.write(`${JSON.stringify(await (process.argv[2] === "use" ? use() : tryOnce()))}\n`);
