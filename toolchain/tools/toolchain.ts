import { interruption } from "../../lib/interruption.ts";
import { withLock } from "../../lib/lock.mjs";
import { inCache } from "../../lib/paths.ts";
import { ProbeCache } from "../../lib/probe-cache.ts";
import { say } from "../../lib/report.ts";
import {
  devStack,
  isMachineValues,
  machineValues,
  rememberedAs,
  stackConfig,
  usersValues,
} from "../lib/stack-config.ts";
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
  /** What the CLI and everything below it finds in its environment. */
  env: Record<string, string>;
};

/** What `pulumi destroy` needs: everything but the images. */
export type ToolsWithoutImages = Omit<Toolchain, "images">;

/** What a command needs beside what every command needs. */
export type Needs = {
  /** The Kubernetes plugin, which only a stack on Kubernetes needs. The CLI may have to be asked which stack that is. */
  kubernetes: boolean | ((cli: Cli) => Promise<boolean>);
};

const nothingElse: Needs = { kubernetes: false };

async function findTools(needs: Needs): Promise<ToolsWithoutImages> {
  const probes = new ProbeCache();
  const cli = await findCli(probes);
  const kubernetes = typeof needs.kubernetes === "boolean" ? needs.kubernetes : await needs.kubernetes(cli);
  await findPlugins(cli, probes, { kubernetes });
  interruption.throwIfAborted();
  const engine = await findEngine();
  interruption.throwIfAborted();
  return { probes, cli, engine, env: pulumiEnvironment(cli, engine.host) };
}

const lockFile = inCache("toolchain.lock");
function onWait(pid: number): void {
  say("lock", `another run (process ${pid}) is at work; waiting for it`);
}

/** Finds or makes every tool but the images, one line each. A run at the same time waits until this one is done. */
export function findToolsWithoutImages(needs: Needs = nothingElse): Promise<ToolsWithoutImages> {
  return withLock(lockFile, () => findTools(needs), onWait);
}

/** Finds or makes every tool and image, one line each. A run at the same time waits until this one is done. */
export function findToolchain(needs: Needs = nothingElse): Promise<Toolchain> {
  return withLock(
    lockFile,
    async () => {
      const tools = await findTools(needs);
      const { engine, probes } = tools;
      const config = stackConfig(devStack);
      const users = usersValues(machineValues(config), probes.read(rememberedAs(devStack), isMachineValues) ?? {});
      const named = config.images.filter((name) => name !== "grafana" || users["resume:images.grafana"] !== undefined);
      const images = await findImages(engine, probes, { registry: users["resume:imageRegistry"], named });
      return { ...tools, images };
    },
    onWait,
  );
}
