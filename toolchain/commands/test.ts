import { parseConfig } from "../../infra/config.ts";
import { pinnedImages } from "../../infra/system/images.ts";
import { type Count, checkAll, close, runTests, sum, testFiles } from "../lib/checks.ts";
import { interruption } from "../lib/interruption.ts";
import { say, seconds, stopwatch } from "../lib/report.ts";
import { ownEnginePid } from "../tools/own-engine.ts";
import { registryPid, stopRegistry } from "../tools/registry.ts";
import { stopOwnEngine } from "../tools/stop-engine.ts";
import { findToolchain, type Toolchain } from "../tools/toolchain.ts";

/** What the tests with a real stack are told about this machine. */
const testEnvironment = ({ env, engine, images }: Toolchain): Record<string, string> => {
  const prefix = images.registry ? `${images.registry}/` : "";
  const limited = engine.nofile !== undefined && engine.nofile < parseConfig({}).nofile;
  return {
    ...env,
    RESUME_TEST_REGISTRY: images.registry ?? "",
    RESUME_TEST_REDIS_IMAGE: `${prefix}${pinnedImages.redis}`,
    RESUME_TEST_BUSYBOX_IMAGE: `${prefix}${pinnedImages.busybox}`,
    RESUME_TEST_NOFILE: limited ? String(engine.nofile) : "",
    RESUME_TEST_GRAFANA: images.missing.includes("grafana") ? "none" : "",
  };
};

const runAll = async (args: string[]): Promise<Count> => {
  const total = stopwatch();
  const toolchain = await findToolchain();
  const toolchainTime = total();
  const checks = args.length > 0 ? { passed: 0, failed: 0 } : await checkAll();
  interruption.throwIfAborted();
  const checkTime = total() - toolchainTime;
  const files = args.length > 0 ? args : await testFiles("real");
  const real = await runTests(files, { sequential: true, env: testEnvironment(toolchain) });
  interruption.throwIfAborted();
  const realTime = total() - toolchainTime - checkTime;
  say("test", `toolchain ${seconds(toolchainTime)}, checks ${seconds(checkTime)}, real stacks ${seconds(realTime)}`);
  return sum([checks, real]);
};

/**
 * `npm test [-- FILES]`: everything, real stacks included (or these files alone); stops what it has started; ends with
 * `N passed, N failed`.
 */
const test = async (args: string[]): Promise<number> => {
  const registryRan = registryPid() !== undefined;
  const engineRan = ownEnginePid() !== undefined;
  let count: Count;
  try {
    count = await runAll(args);
  } finally {
    if (!registryRan) await stopRegistry();
    if (!engineRan) await stopOwnEngine();
  }
  return close(count);
};

export default test;
