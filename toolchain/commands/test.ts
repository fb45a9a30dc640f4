import { basename } from "node:path";
import { parseConfig } from "../../infra/config/parse.ts";
import type { Presence } from "../../lib/cluster/presence.ts";
import { pullImage } from "../../lib/docker-images.ts";
import { pinnedImages } from "../../lib/images.ts";
import { interruption } from "../../lib/interruption.ts";
import { say, seconds, stopwatch } from "../../lib/report.ts";
import { UserError } from "../../lib/user-error.ts";
import {
  clusterAddress,
  clusterPresence,
  clusterRegistry,
  ensureCluster,
  prepareCluster,
  restoreCluster,
} from "../cluster/cluster.ts";
import { type Count, checkAll, close, runTests, sum, testFiles } from "../lib/checks.ts";
import { registryPid, stopRegistry } from "../offline.ts";
import { findChromium } from "../tools/chromium.ts";
import { client } from "../tools/engine.ts";
import { ownEnginePid } from "../tools/own-engine.ts";
import { addKubernetesPlugin } from "../tools/plugins.ts";
import { stopOwnEngine } from "../tools/stop-engine.ts";
import { findToolchain, type Toolchain } from "../tools/toolchain.ts";

/** What the tests with a real stack are told about this machine; the images that they name are there. */
async function testEnvironment({ env, engine, images }: Toolchain): Promise<Record<string, string>> {
  const prefix = images.registry ? `${images.registry}/` : "";
  const limited = engine.nofile !== undefined && engine.nofile < parseConfig({}).nofile;
  const [redis, busybox] = [`${prefix}${pinnedImages.redis}`, `${prefix}${pinnedImages.busybox}`];
  for (const reference of [redis, busybox]) {
    await pullImage(client(engine.host), reference);
  }
  return {
    ...env,
    RESUME_TEST_REGISTRY: images.registry ?? "",
    RESUME_TEST_CHROMIUM: await findChromium(),
    RESUME_TEST_REDIS_IMAGE: redis,
    RESUME_TEST_BUSYBOX_IMAGE: busybox,
    RESUME_TEST_NOFILE: limited ? String(engine.nofile) : "",
    RESUME_TEST_GRAFANA: images.missing.includes("grafana") ? "none" : "",
  };
}

/**
 * What the tests on Kubernetes are told: of the cluster that RESUME_TEST_KUBECONFIG names, or of our own, which is
 * started. Nothing where none can be had: those tests are then skipped, and say why.
 */
async function clusterEnvironment(found: Found): Promise<Record<string, string>> {
  if (process.env.RESUME_TEST_KUBECONFIG) {
    return {};
  }
  try {
    // Noted before the start: one that fails half-way has to be taken away as well.
    found.cluster = await clusterPresence();
    await ensureCluster();
    const { kubeconfig, dnsTtl } = clusterAddress();
    return {
      RESUME_TEST_KUBECONFIG: kubeconfig,
      RESUME_TEST_PUSH_REGISTRY: await clusterRegistry(),
      ...(dnsTtl === undefined ? {} : { RESUME_TEST_DNS_TTL: dnsTtl }),
    };
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    say("cluster", `${error.message} The tests on Kubernetes are skipped.`);
    return {};
  }
}

/** What there was before the tests; undefined where they have not touched it. */
type Found = { cluster: Presence | undefined };

/** These put load on the machine and count what fails meanwhile: each runs alone. The others wait more than they work. */
const alone = ["bench", "edge", "faults", "kubernetes", "stack"].map((name) => `${name}.real.test.ts`);

/** Runs files that wait two at a time, then those that put load on the machine one by one. */
async function runReal(files: string[], env: Record<string, string>): Promise<Count> {
  const isAlone = (file: string): boolean => alone.includes(basename(file));
  const waiting = await runTests(
    files.filter((file) => !isAlone(file)),
    { atOnce: 2, env },
  );
  interruption.throwIfAborted();
  const loads = await runTests(files.filter(isAlone), { atOnce: 1, env });
  interruption.throwIfAborted();
  return sum([waiting, loads]);
}

/**
 * Builds what the tests on Kubernetes need, where it is missing: up to a quarter of an hour, in which the others run.
 * What can't be had is told when the cluster is started.
 */
async function preparePrograms({ cli, probes }: Toolchain): Promise<void> {
  try {
    if (!process.env.RESUME_TEST_KUBECONFIG) {
      await prepareCluster();
    }
    say("plugins", `official: ${await addKubernetesPlugin(cli, probes)}`);
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    say("cluster", error.message);
  }
}

async function runAll(args: string[], found: Found): Promise<Count> {
  const total = stopwatch();
  const toolchain = await findToolchain();
  const toolchainTime = total();
  const files = args.length > 0 ? args : await testFiles("real");
  const needsCluster = (file: string): boolean => /kubernetes|cluster/.test(basename(file));
  const onCluster = files.filter(needsCluster);
  const prepared = onCluster.length > 0 ? preparePrograms(toolchain) : Promise.resolve();
  // Its failure is met where it is waited for.
  prepared.catch(() => undefined);
  const checks = args.length > 0 ? { passed: 0, failed: 0 } : await checkAll();
  interruption.throwIfAborted();
  const checkTime = total() - toolchainTime;
  const env = await testEnvironment(toolchain);
  const onEngine = await runReal(
    files.filter((file) => !needsCluster(file)),
    env,
  );
  await prepared;
  const withCluster = onCluster.length > 0 ? { ...env, ...(await clusterEnvironment(found)) } : env;
  const real = sum([onEngine, await runReal(onCluster, withCluster)]);
  const realTime = total() - toolchainTime - checkTime;
  say("test", `toolchain ${seconds(toolchainTime)}, checks ${seconds(checkTime)}, real stacks ${seconds(realTime)}`);
  return sum([checks, real]);
}

/**
 * `npm test [-- FILES]`: everything, real stacks included (or these files alone); stops what it has started; ends with
 * `N passed, N failed`.
 */
async function test(args: string[]): Promise<number> {
  const registryRan = registryPid() !== undefined;
  const engineRan = ownEnginePid() !== undefined;
  const found: Found = { cluster: undefined };
  let count: Count;
  try {
    count = await runAll(args, found);
  } finally {
    if (found.cluster !== undefined) {
      await restoreCluster(found.cluster);
    }
    if (!registryRan) {
      await stopRegistry();
    }
    if (!engineRan) {
      await stopOwnEngine();
    }
  }
  return close(count);
}

export default test;
