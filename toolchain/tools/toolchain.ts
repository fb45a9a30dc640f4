import { interruption } from "../../lib/interruption.ts";
import { withLock } from "../../lib/lock.mjs";
import { inCache } from "../../lib/paths.ts";
import { ProbeCache } from "../../lib/probe-cache.ts";
import { sayWaiting } from "../../lib/report.ts";
import { ourValues, stackConfig, usersValues } from "../lib/stack-config.ts";
import { registryLogin } from "../offline.ts";
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

/** The stack that the tools are for; undefined for a command that runs no plugins. The CLI knows which one is selected. */
type StackChoice = string | undefined | ((cli: Cli) => Promise<string | undefined>);

async function findTools(choice: StackChoice): Promise<ToolsWithoutImages> {
  const probes = new ProbeCache();
  const cli = await findCli(probes);
  const stack = typeof choice === "function" ? await choice(cli) : choice;
  const isOnKubernetes = stack !== undefined && stackConfig(stack).isOnKubernetes;
  await findPlugins(cli, probes, isOnKubernetes);
  interruption.throwIfAborted();
  const engine = await findEngine();
  interruption.throwIfAborted();
  // On Kubernetes the service's image is pushed.
  const login = isOnKubernetes ? await registryLogin() : {};
  return { probes, cli, engine, env: { ...pulumiEnvironment(cli, engine.host), ...login } };
}

function locked<T>(work: () => Promise<T>): Promise<T> {
  return withLock(inCache("toolchain.lock"), work, sayWaiting, interruption);
}

/** Finds or makes the CLI alone, which reads the states of stacks. */
export function findStateReader(): Promise<Pick<ToolsWithoutImages, "cli" | "env">> {
  return locked(async () => {
    const cli = await findCli(new ProbeCache());
    return { cli, env: pulumiEnvironment(cli, process.env.DOCKER_HOST ?? "") };
  });
}

/** Finds or makes every tool but the images, and prints a line for each. Waits for another run that does the same. */
export function findToolsWithoutImages(stack?: StackChoice): Promise<ToolsWithoutImages> {
  return locked(() => findTools(stack));
}

/** Finds or makes a stack's images. Waits for another run that does the same. */
export function addImages(tools: ToolsWithoutImages, stack: string): Promise<Toolchain> {
  return locked(async () => {
    const { values, images } = stackConfig(stack);
    const users = usersValues(values, ourValues(tools.probes, stack));
    const named = images.filter((name) => name !== "grafana" || users["resume:images.grafana"] !== undefined);
    const userImages = { registry: users["resume:imageRegistry"], named };
    return { ...tools, images: await findImages(tools.engine, tools.probes, userImages) };
  });
}

/** Finds or makes every tool and image for a stack, and prints a line for each. Waits for another run that does the same. */
export async function findToolchain(stack: string): Promise<Toolchain> {
  return addImages(await findToolsWithoutImages(stack), stack);
}
