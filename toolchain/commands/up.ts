import { ports } from "../../infra/system/names.ts";
import { say, seconds, stopwatch, withProgress } from "../../lib/report.ts";
import { requestInside } from "../lib/component-exec.ts";
import { type Check, waitUntilHealthy } from "../lib/health.ts";
import { pulumiOutput, runOnStack, stackOutputs } from "../lib/pulumi.ts";
import { devStack, stackConfig } from "../lib/stack-config.ts";
import { applyMachineConfig } from "../tools/machine-config.ts";
import { findToolchain } from "../tools/toolchain.ts";

/**
 * The URLs of the stack, and its health checks. Those of the operators' pages go through the engine or the cluster: the
 * ports may be published on the loopback of another machine, or not at all.
 */
function healthChecks(outputs: Record<string, unknown>, dockerHost: string): (Check & { home: string })[] {
  const inside = (component: "prometheus" | "grafana", path: string) => ({
    path,
    request: () => requestInside(devStack, dockerHost, { component, port: ports[component], path }),
  });
  return [
    { name: "site", home: outputs.url, path: "/health" },
    { name: "prometheus", home: outputs.prometheusUrl, ...inside("prometheus", "/-/healthy") },
    { name: "grafana", home: outputs.grafanaUrl, ...inside("grafana", "/api/health") },
  ].flatMap(({ home, path, ...check }) =>
    typeof home === "string" && home !== "" ? [{ ...check, home, url: `${home.replace(/\/$/, "")}${path}` }] : [],
  );
}

/** `npm run up [-- ARGS of pulumi up]`: sets up what is missing, brings up the dev stack, waits until it is healthy. */
async function up(args: string[]): Promise<number> {
  const total = stopwatch();
  const toolchain = await findToolchain({ kubernetes: stackConfig(devStack).isOnKubernetes });
  await pulumiOutput(toolchain, ["stack", "select", "--create"]);
  await applyMachineConfig(toolchain, devStack);
  const toolchainTime = total();

  const pulumi = stopwatch();
  const command = ["up", "--yes", "--stack", devStack, ...args];
  const code = await runOnStack(toolchain.cli.program, command, toolchain.env, devStack);
  if (code !== 0) {
    return code;
  }
  const pulumiTime = pulumi();

  const checks = healthChecks(await stackOutputs(toolchain), toolchain.engine.host);
  await withProgress("up", "waiting for the health checks", () => waitUntilHealthy(checks, 120_000));
  for (const { name, home } of checks) {
    process.stdout.write(`${name.padEnd(11)} ${home}\n`);
  }
  if (checks.some(({ name }) => name === "grafana")) {
    process.stdout.write("grafana's password: npm run pulumi -- stack output grafanaPassword --show-secrets\n");
  }
  say("up", `toolchain ${seconds(toolchainTime)}, pulumi up ${seconds(pulumiTime)}, healthy after ${seconds(total())}`);
  return 0;
}

export default up;
