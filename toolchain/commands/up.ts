import { assertContent } from "../../infra/system/content.ts";
import { ports } from "../../infra/system/names.ts";
import { projectRoot } from "../../lib/paths.ts";
import { say, seconds, stopwatch, withProgress } from "../../lib/report.ts";
import { run } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";
import { splitStack } from "../lib/arguments.ts";
import { requestInside } from "../lib/component-exec.ts";
import { type Check, waitUntilHealthy } from "../lib/health.ts";
import { findOwnStack, type OwnStack } from "../lib/own-stack.ts";
import { ensureStack, runOnStack, stackOutputs } from "../lib/pulumi.ts";
import { assertSecretsEncrypted, stackConfig } from "../lib/stack-config.ts";
import { applyMachineConfig } from "../tools/machine-config.ts";
import { findToolchain, type Toolchain } from "../tools/toolchain.ts";

/**
 * The URLs of the stack, and its health checks. Those of the operators' pages go through the engine or the cluster: the
 * ports may be published on the loopback of another machine, or not at all.
 */
function healthChecks(stack: OwnStack, outputs: Record<string, unknown>): (Check & { home: string })[] {
  const inside = (component: "prometheus" | "grafana", path: string) => ({
    path,
    request: () => requestInside(stack, { component, port: ports[component], path }),
  });
  return [
    { name: "site", home: outputs.url, path: "/health" },
    { name: "prometheus", home: outputs.prometheusUrl, ...inside("prometheus", "/-/healthy") },
    { name: "grafana", home: outputs.grafanaUrl, ...inside("grafana", "/api/health") },
  ].flatMap(({ home, path, ...check }) =>
    typeof home === "string" && home !== "" ? [{ ...check, home, url: `${home.replace(/\/$/, "")}${path}` }] : [],
  );
}

/** @throws {UserError} when `pulumi up` does not take the arguments. With --help it only checks them. */
async function assertTaken({ cli, env }: Toolchain, args: string[]): Promise<void> {
  const [first] = args;
  if (first !== undefined && !first.startsWith("-")) {
    throw new UserError(`up: the argument is "${first}"; allowed: --stack NAME and the options of pulumi up.`);
  }
  const { code, stderr } = await run(cli.program, ["up", ...args, "--help"], { cwd: projectRoot, env });
  if (code !== 0) {
    throw new UserError(
      `up: ${stderr.trim().replace(/^error: /, "")}; allowed: --stack NAME and the options of pulumi up.`,
    );
  }
}

/**
 * `npm run up [-- --stack NAME] [ARGS of pulumi up]`: sets up what is missing, brings up a stack, `dev` without a name,
 * and waits until it is healthy.
 */
async function up(allArgs: string[]): Promise<number> {
  const total = stopwatch();
  const { stack, rest: args } = splitStack(allArgs);
  assertSecretsEncrypted(stack);
  // The program checks, too. This is before the tools and images are made, which takes minutes.
  if (!stackConfig(stack).images.includes("resume")) {
    await assertContent();
  }
  const toolchain = await findToolchain(stack);
  await assertTaken(toolchain, args);
  await ensureStack(toolchain, stack);
  // The values for a cluster are set by cluster:up or by the user.
  if (!stackConfig(stack).isOnKubernetes) {
    await applyMachineConfig(toolchain, stack);
  }
  const toolchainTime = total();

  const pulumi = stopwatch();
  const command = ["up", "--yes", "--stack", stack, ...args];
  const code = await runOnStack(toolchain.cli.program, command, toolchain.env, stack);
  if (code !== 0 || args.some((arg) => ["--help", "-h", "--preview-only"].includes(arg))) {
    return code;
  }
  const pulumiTime = pulumi();

  const checks = healthChecks(await findOwnStack(stack, toolchain), await stackOutputs(toolchain, stack));
  await withProgress("up", "waiting for the health checks", () => waitUntilHealthy(checks, 120_000));
  for (const { name, home } of checks) {
    process.stdout.write(`${name.padEnd(11)} ${home}\n`);
  }
  if (checks.some(({ name }) => name === "grafana")) {
    const output = `stack output grafanaPassword --show-secrets --stack ${stack}`;
    process.stdout.write(`grafana's password: npm run pulumi -- ${output}\n`);
  }
  say("up", `toolchain ${seconds(toolchainTime)}, pulumi up ${seconds(pulumiTime)}, healthy after ${seconds(total())}`);
  return 0;
}

export default up;
