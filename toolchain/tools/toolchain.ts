import { interruption } from "../../lib/interruption.ts";
import { withLock } from "../../lib/lock.mjs";
import { inCache } from "../../lib/paths.ts";
import { ProbeCache } from "../../lib/probe-cache.ts";
import { sayWaiting } from "../../lib/report.ts";
import { devStack, ourValues, stackConfig, usersValues } from "../lib/stack-config.ts";
import { type Cli, findCli } from "./cli.ts";
import { type Engine, findEngine } from "./engine.ts";
import { pulumiEnvironment } from "./environment.ts";
import { findImages, type Images } from "./images.ts";
import { findPlugins } from "./plugins.ts";

/** Everything that `pulumi up` needs on this machine. */
export type Toolchain = {
  probes: ProbeCache;
  cli: Cli;
  engine: Engine;
  images: Images;
  /** Environment variables for the CLI. */
  env: Record<string, string>;
};

/** Everything that `pulumi destroy` needs. */
export type ToolsWithoutImages = Omit<Toolchain, "images">;

export type Needs = {
  /** Whether the Kubernetes plugin is needed. The function is called with the CLI, which knows the selected stack. */
  kubernetes: boolean | ((cli: Cli) => Promise<boolean>);
};

async function findTools({ kubernetes }: Needs): Promise<ToolsWithoutImages> {
  const probes = new ProbeCache();
  const cli = await findCli(probes);
  await findPlugins(cli, probes, typeof kubernetes === "boolean" ? kubernetes : await kubernetes(cli));
  interruption.throwIfAborted();
  const engine = await findEngine();
  interruption.throwIfAborted();
  return { probes, cli, engine, env: pulumiEnvironment(cli, engine.host) };
}

function locked<T>(work: () => Promise<T>): Promise<T> {
  return withLock(inCache("toolchain.lock"), work, sayWaiting);
}

/** Finds or makes every tool but the images, and prints a line for each. Waits for another run that does the same. */
export function findToolsWithoutImages(needs: Needs = { kubernetes: false }): Promise<ToolsWithoutImages> {
  return locked(() => findTools(needs));
}

/** Finds or makes every tool and image, and prints a line for each. Waits for another run that does the same. */
export function findToolchain(needs: Needs = { kubernetes: false }): Promise<Toolchain> {
  return locked(async () => {
    const tools = await findTools(needs);
    const { values, images } = stackConfig(devStack);
    const users = usersValues(values, ourValues(tools.probes, devStack));
    const named = images.filter((name) => name !== "grafana" || users["resume:images.grafana"] !== undefined);
    const userImages = { registry: users["resume:imageRegistry"], named };
    return { ...tools, images: await findImages(tools.engine, tools.probes, userImages) };
  });
}
