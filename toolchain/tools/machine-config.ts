import { parseConfig } from "../../infra/config/parse.ts";
import { disabled } from "../../lib/images.ts";
import { say } from "../../lib/report.ts";
import { pulumiOutput } from "../lib/pulumi.ts";
import {
  cacheKey,
  configChanges,
  type MachineValues,
  ourValues,
  type StackCluster,
  stackConfig,
} from "../lib/stack-config.ts";
import type { Toolchain, ToolsWithoutImages } from "./toolchain.ts";

/** The config values that this machine needs. */
function neededValues({ engine, images }: Toolchain, cluster: StackCluster | undefined): MachineValues {
  const isLimited = engine.nofile !== undefined && engine.nofile < parseConfig({}).nofile;
  return {
    ...(images.registry ? { "resume:imageRegistry": images.registry } : {}),
    ...(images.missing.includes("grafana") ? { "resume:images.grafana": disabled } : {}),
    ...(isLimited ? { "resume:nofile": String(engine.nofile) } : {}),
    ...(cluster && {
      ...(cluster.registry === images.registry ? {} : { "resume:pushRegistry": cluster.registry }),
      ...(cluster.dnsTtl === undefined ? {} : { "resume:dnsTtl": cluster.dnsTtl }),
      "kubernetes:kubeconfig": cluster.kubeconfig,
      "kubernetes:context": cluster.context,
    }),
  };
}

/**
 * Sets the values that this machine needs in a stack's config, and removes those that it no longer needs.
 * @param cluster the cluster of ours on which the stack will run, if any
 */
export function applyMachineConfig(toolchain: Toolchain, stack: string, cluster?: StackCluster): Promise<void> {
  return setValues(toolchain, stack, neededValues(toolchain, cluster));
}

/** Removes the values that the toolchain has set from a stack's config. */
export function revertMachineConfig(tools: ToolsWithoutImages, stack: string): Promise<void> {
  return setValues(tools, stack, {});
}

async function setValues(tools: ToolsWithoutImages, stack: string, needed: MachineValues): Promise<void> {
  const ours = ourValues(tools.probes, stack);
  const { set, remove } = configChanges(needed, stackConfig(stack).values, ours);
  for (const [key, value] of Object.entries(set)) {
    await pulumiOutput(tools, ["config", "set", "--path", key, value], stack);
    tools.probes.write(cacheKey(stack), Object.assign(ours, { [key]: value }));
    say("config", `${key} set to ${value} in Pulumi.${stack}.yaml, as this machine needs it`);
  }
  for (const key of remove) {
    await pulumiOutput(tools, ["config", "rm", "--path", key], stack);
    delete ours[key];
    tools.probes.write(cacheKey(stack), ours);
    say("config", `${key} removed from Pulumi.${stack}.yaml`);
  }
  if (remove.some((key) => key.startsWith("resume:images.")) && stackConfig(stack).images.length === 0) {
    await pulumiOutput(tools, ["config", "rm", "resume:images"], stack);
  }
}
