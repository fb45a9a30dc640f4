import { parseConfig } from "../../infra/config/parse.ts";
import { say } from "../../lib/report.ts";
import { pulumiOutput } from "../lib/pulumi.ts";
import {
  configChanges,
  isMachineValues,
  type MachineValues,
  machineValues,
  rememberedAs,
  type StackCluster,
  stackConfig,
} from "../lib/stack-config.ts";
import type { Toolchain, ToolsWithoutImages } from "./toolchain.ts";

/** What this machine asks of a stack's config. */
function neededValues({ engine, images }: Toolchain, cluster: StackCluster | undefined): MachineValues {
  return {
    ...(images.registry ? { "resume:imageRegistry": images.registry } : {}),
    ...(images.missing.includes("grafana") ? { "resume:images.grafana": "none" } : {}),
    ...(engine.nofile !== undefined && engine.nofile < parseConfig({}).nofile
      ? { "resume:nofile": String(engine.nofile) }
      : {}),
    ...(cluster === undefined
      ? {}
      : {
          ...(cluster.registry === images.registry ? {} : { "resume:pushRegistry": cluster.registry }),
          ...(cluster.dnsTtl === undefined ? {} : { "resume:dnsTtl": cluster.dnsTtl }),
          "kubernetes:kubeconfig": cluster.kubeconfig,
          "kubernetes:context": cluster.context,
        }),
  };
}

/**
 * Sets in a stack's config what the machine asks for, and takes back what it no longer asks for.
 * @param cluster that the stack is to live on, where it is one of ours
 */
export function applyMachineConfig(toolchain: Toolchain, stack: string, cluster?: StackCluster): Promise<void> {
  return setValues(toolchain, stack, neededValues(toolchain, cluster));
}

/** Takes back from a stack's config what the toolchain has set there. */
export function revertMachineConfig(tools: ToolsWithoutImages, stack: string): Promise<void> {
  return setValues(tools, stack, {});
}

async function setValues(tools: ToolsWithoutImages, stack: string, needed: MachineValues): Promise<void> {
  const fact = rememberedAs(stack);
  const ours = tools.probes.read(fact, isMachineValues) ?? {};
  const { set, remove } = configChanges(needed, machineValues(stackConfig(stack)), ours);
  for (const [key, value] of Object.entries(set)) {
    await pulumiOutput(tools, ["config", "set", "--path", key, value], stack);
    tools.probes.write(fact, Object.assign(ours, { [key]: value }));
    say("config", `${key} set to ${value} in Pulumi.${stack}.yaml, as this machine asks for it`);
  }
  for (const key of remove) {
    await pulumiOutput(tools, ["config", "rm", "--path", key], stack);
    delete ours[key];
    tools.probes.write(fact, ours);
    say("config", `${key} taken back from Pulumi.${stack}.yaml`);
  }
  if (remove.some((key) => key.startsWith("resume:images.")) && stackConfig(stack).images.length === 0) {
    await pulumiOutput(tools, ["config", "rm", "resume:images"], stack);
  }
}
