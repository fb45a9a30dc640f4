import { parseConfig } from "../../infra/config.ts";
import { type Check, waitUntilHealthy } from "../lib/health.ts";
import { projectRoot } from "../lib/paths.ts";
import { devOutputs, pulumiOutput } from "../lib/pulumi.ts";
import { say, seconds, stopwatch, withProgress } from "../lib/report.ts";
import { runAttached } from "../lib/run.ts";
import {
  configChanges,
  devConfig,
  devStack,
  isMachineValues,
  type MachineValues,
  machineValues,
} from "../lib/stack-config.ts";
import { findToolchain, type Toolchain } from "../tools/toolchain.ts";

/** What this machine asks of the stack's config. */
const neededValues = ({ engine, images }: Toolchain): MachineValues => ({
  ...(images.registry ? { imageRegistry: images.registry } : {}),
  ...(images.missing.includes("grafana") ? { "images.grafana": "none" } : {}),
  ...(engine.nofile !== undefined && engine.nofile < parseConfig({}).nofile ? { nofile: String(engine.nofile) } : {}),
});

/** Sets in the dev stack's config what the machine asks for, and takes back what it no longer asks for. */
const fitConfig = async (toolchain: Toolchain): Promise<void> => {
  const ours = toolchain.facts.read("configSetByUs", isMachineValues) ?? {};
  const { set, remove } = configChanges(neededValues(toolchain), machineValues(devConfig()), ours);
  for (const [key, value] of Object.entries(set)) {
    await pulumiOutput(toolchain, ["config", "set", "--path", `resume:${key}`, value]);
    toolchain.facts.write("configSetByUs", Object.assign(ours, { [key]: value }));
    say("config", `resume:${key} set to ${value} in Pulumi.${devStack}.yaml, as this machine asks for it`);
  }
  for (const key of remove) {
    await pulumiOutput(toolchain, ["config", "rm", "--path", `resume:${key}`]);
    delete ours[key];
    toolchain.facts.write("configSetByUs", ours);
    say("config", `resume:${key} taken back from Pulumi.${devStack}.yaml`);
  }
};

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
  const toolchain = await findToolchain();
  await pulumiOutput(toolchain, ["stack", "select", "--create"]);
  await fitConfig(toolchain);
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
