import { ports } from "../../infra/system/names.ts";
import { say, seconds, stopwatch, withProgress } from "../../lib/report.ts";
import { askInside } from "../lib/ask-inside.ts";
import { type Check, waitUntilHealthy } from "../lib/health.ts";
import { devOutputs, pulumiOutput } from "../lib/pulumi.ts";
import { devStack, isOnKubernetes } from "../lib/stack-config.ts";
import { runOnStack } from "../lib/stack-run.ts";
import { applyMachineConfig } from "../tools/machine-config.ts";
import { findToolchain } from "../tools/toolchain.ts";

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/**
 * The addresses of the stack, as people open them, and how their health is asked for: the operators' pages through the
 * engine or the cluster, since they may be published on the loopback of another machine, or nowhere.
 */
function addresses(outputs: Record<string, unknown>, dockerHost: string): (Check & { home: string })[] {
  const inside = (component: "prometheus" | "grafana", path: string) => ({
    path,
    ask: () => askInside(devStack, dockerHost, { component, port: ports[component], path }),
  });
  return [
    { name: "site", home: text(outputs.url), path: "/health" },
    { name: "prometheus", home: text(outputs.prometheusUrl), ...inside("prometheus", "/-/healthy") },
    { name: "grafana", home: text(outputs.grafanaUrl), ...inside("grafana", "/api/health") },
  ].flatMap(({ home, path, ...check }) => (home ? [{ ...check, home, url: `${home.replace(/\/$/, "")}${path}` }] : []));
}

/** `npm run up [-- ARGS of pulumi up]`: sets up what is missing, brings up the dev stack, waits until it is healthy. */
async function up(args: string[]): Promise<number> {
  const total = stopwatch();
  const toolchain = await findToolchain({ kubernetes: isOnKubernetes(devStack) });
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

  const found = addresses(await devOutputs(toolchain), toolchain.engine.host);
  await withProgress("up", "waiting for the health checks", () => waitUntilHealthy(found, 120_000));
  for (const { name, home } of found) {
    process.stdout.write(`${name.padEnd(11)} ${home}\n`);
  }
  if (found.some(({ name }) => name === "grafana")) {
    process.stdout.write("grafana's password: npm run pulumi -- stack output grafanaPassword --show-secrets\n");
  }
  say("up", `toolchain ${seconds(toolchainTime)}, pulumi up ${seconds(pulumiTime)}, healthy after ${seconds(total())}`);
  return 0;
}

export default up;
