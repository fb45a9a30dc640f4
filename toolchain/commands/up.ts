import { type Check, waitUntilHealthy } from "../lib/health.ts";
import { projectRoot } from "../lib/paths.ts";
import { devOutputs, pulumiOutput } from "../lib/pulumi.ts";
import { say, seconds, stopwatch, withProgress } from "../lib/report.ts";
import { runAttached } from "../lib/run.ts";
import { devStack, isOnKubernetes } from "../lib/stack-config.ts";
import { fitConfig } from "../tools/fit-config.ts";
import { findToolchain } from "../tools/toolchain.ts";

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** The addresses of the stack, as people open them and as their health is asked for. */
const addresses = (outputs: Record<string, unknown>): (Check & { home: string })[] =>
  [
    { name: "site", home: text(outputs.url), path: "/health" },
    { name: "prometheus", home: text(outputs.prometheusUrl), path: "/-/healthy" },
    { name: "grafana", home: text(outputs.grafanaUrl), path: "/api/health" },
  ].flatMap(({ name, home, path }) => (home ? [{ name, home, url: `${home.replace(/\/$/, "")}${path}` }] : []));

/** `npm run up [-- ARGS of pulumi up]`: sets up what is missing, brings up the dev stack, waits until it is healthy. */
const up = async (args: string[]): Promise<number> => {
  const total = stopwatch();
  const toolchain = await findToolchain({ kubernetes: isOnKubernetes(devStack) });
  await pulumiOutput(toolchain, ["stack", "select", "--create"]);
  await fitConfig(toolchain, devStack);
  const toolchainTime = total();

  const pulumi = stopwatch();
  const command = ["up", "--yes", "--stack", devStack, ...args];
  const code = await runAttached(toolchain.cli.program, command, { cwd: projectRoot, env: toolchain.env });
  if (code !== 0) return code;
  const pulumiTime = pulumi();

  const found = addresses(await devOutputs(toolchain));
  await withProgress("up", "waiting for the health checks", () => waitUntilHealthy(found, 120_000));
  for (const { name, home } of found) process.stdout.write(`${name.padEnd(11)} ${home}\n`);
  if (found.some(({ name }) => name === "grafana")) {
    process.stdout.write("grafana's password: npm run pulumi -- stack output grafanaPassword --show-secrets\n");
  }
  say("up", `toolchain ${seconds(toolchainTime)}, pulumi up ${seconds(pulumiTime)}, healthy after ${seconds(total())}`);
  return 0;
};

export default up;
