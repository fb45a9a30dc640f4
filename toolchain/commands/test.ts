import { existsSync } from "node:fs";
import { basename } from "node:path";
import { parseConfig } from "../../infra/config/parse.ts";
import type { Presence } from "../../lib/cluster/presence.ts";
import { clientAt } from "../../lib/docker-engine.ts";
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
import { type Count, checkAll, printTotal, runTests, sum, testFiles } from "../lib/checks.ts";
import { devStack } from "../lib/stack-config.ts";
import { registryLogin, registryPid, stopRegistry } from "../offline.ts";
import { findChromium } from "../tools/chromium.ts";
import { ownEnginePid, stopOwnEngine } from "../tools/own-engine.ts";
import { addKubernetesPlugin } from "../tools/plugins.ts";
import { findToolchain, type Toolchain } from "../tools/toolchain.ts";

/** The environment of the tests with real stacks. It also pulls the images that it names. */
async function testEnvironment({ env, engine, images }: Toolchain): Promise<Record<string, string>> {
  const prefix = images.registry ? `${images.registry}/` : "";
  const isLimited = engine.nofile !== undefined && engine.nofile < parseConfig({}).nofile;
  const [redis, busybox] = [`${prefix}${pinnedImages.redis}`, `${prefix}${pinnedImages.busybox}`];
  for (const reference of [redis, busybox]) {
    await pullImage(clientAt(engine.host), reference);
  }
  return {
    ...env,
    RESUME_TEST_REGISTRY: images.registry ?? "",
    RESUME_TEST_CHROMIUM: await findChromium(),
    RESUME_TEST_REDIS_IMAGE: redis,
    RESUME_TEST_BUSYBOX_IMAGE: busybox,
    RESUME_TEST_NOFILE: isLimited ? String(engine.nofile) : "",
    RESUME_TEST_GRAFANA: images.missing.includes("grafana") ? "none" : "",
  };
}

/** The state of our cluster before the tests; undefined while they have not touched it. */
type Before = { cluster: Presence | undefined };

/** Prints a UserError instead of throwing it: without a cluster the tests on Kubernetes are skipped. */
async function orReport<T>(work: () => Promise<T>, consequence = ""): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    say("cluster", `${error.message}${consequence}`);
    return undefined;
  }
}

/** The environment of the tests on Kubernetes, beside a cluster that RESUME_TEST_KUBECONFIG names. It starts ours. */
async function clusterEnvironment(before: Before): Promise<Record<string, string>> {
  // Noted before the start, so that a cluster whose start has failed is removed, too.
  before.cluster = await clusterPresence();
  await ensureCluster();
  const { kubeconfig, dnsTtl } = clusterAddress();
  return {
    RESUME_TEST_KUBECONFIG: kubeconfig,
    RESUME_TEST_PUSH_REGISTRY: await clusterRegistry(),
    ...(await registryLogin()),
    ...(dnsTtl === undefined ? {} : { RESUME_TEST_DNS_TTL: dnsTtl }),
  };
}

/** Builds what the tests on Kubernetes need. It takes up to 15 min, during which the other tests run. */
async function prepareKubernetes({ cli, probes }: Toolchain): Promise<void> {
  if (!process.env.RESUME_TEST_KUBECONFIG) {
    await prepareCluster();
  }
  say("plugins", `official: ${await addKubernetesPlugin(cli, probes)}`);
}

/** These load the machine and count failures, so that each runs alone. The others mostly wait. */
const loadTests = ["bench", "compare", "edge", "faults", "kubernetes", "scale", "scenarios", "stack"].map(
  (name) => `${name}.real.test.ts`,
);

/** Runs two files at a time, then the load tests one by one. */
async function runReal(files: string[], env: Record<string, string>): Promise<Count> {
  const isLoadTest = (file: string): boolean => loadTests.includes(basename(file));
  const others = files.filter((file) => !isLoadTest(file));
  const counts = [await runTests(others, { concurrency: 2, env })];
  interruption.throwIfAborted();
  counts.push(await runTests(files.filter(isLoadTest), { concurrency: 1, env }));
  interruption.throwIfAborted();
  return sum(counts);
}

async function runAll(args: string[], before: Before): Promise<Count> {
  const total = stopwatch();
  const toolchain = await findToolchain(devStack);
  const toolchainTime = total();
  const files = args.length > 0 ? args : testFiles("real");
  const needsCluster = (file: string): boolean => /kubernetes|cluster/.test(basename(file));
  const onCluster = files.filter(needsCluster);
  const prepared = onCluster.length > 0 ? orReport(() => prepareKubernetes(toolchain)) : Promise.resolve();
  // It is awaited below. Without this a failure until then would end the process.
  prepared.catch(() => undefined);
  const checks = args.length > 0 ? { passed: 0, failed: 0 } : await checkAll();
  interruption.throwIfAborted();
  const checkTime = total() - toolchainTime;
  const env = await testEnvironment(toolchain);
  const others = files.filter((file) => !needsCluster(file));
  const counts = [checks, await runReal(others, env)];
  await prepared;
  const startsCluster = onCluster.length > 0 && !process.env.RESUME_TEST_KUBECONFIG;
  const clusterEnv = startsCluster
    ? await orReport(() => clusterEnvironment(before), " The tests on Kubernetes are skipped.")
    : {};
  counts.push(await runReal(onCluster, { ...env, ...clusterEnv }));
  const realTime = total() - toolchainTime - checkTime;
  say("test", `toolchain ${seconds(toolchainTime)}, checks ${seconds(checkTime)}, real stacks ${seconds(realTime)}`);
  return sum(counts);
}

/**
 * `npm test [-- FILES]`: all tests, real stacks included, or these files alone. It restores what it found, and ends with
 * `N passed, N failed`.
 */
async function test(args: string[]): Promise<number> {
  const wrong = args.find((file) => !existsSync(file) || !file.endsWith(".test.ts"));
  if (wrong !== undefined) {
    throw new UserError(`test: the file is "${wrong}"; allowed: files that end in .test.ts.`);
  }
  const registryRan = registryPid() !== undefined;
  const engineRan = ownEnginePid() !== undefined;
  const before: Before = { cluster: undefined };
  let count: Count;
  try {
    count = await runAll(args, before);
  } finally {
    if (before.cluster !== undefined) {
      await restoreCluster(before.cluster);
    }
    if (!registryRan) {
      await stopRegistry();
    }
    if (!engineRan) {
      await stopOwnEngine();
    }
  }
  return printTotal(count);
}

export default test;
