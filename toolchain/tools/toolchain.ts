import { Facts } from "../lib/facts.ts";
import { withLock } from "../lib/lock.mjs";
import { inCache } from "../lib/paths.ts";
import { say } from "../lib/report.ts";
import { devConfig, isMachineValues, machineValues, usersValues } from "../lib/stack-config.ts";
import { type Cli, findCli } from "./cli.ts";
import { type Engine, findEngine } from "./engine.ts";
import { pulumiEnvironment } from "./environment.ts";
import { findImages, type Images } from "./images.ts";
import { findPlugins } from "./plugins.ts";

/** Everything that `pulumi up` needs on this machine. */
export type Toolchain = {
  facts: Facts;
  cli: Cli;
  engine: Engine;
  images: Images;
  /** What the CLI and everything below it finds in its environment. */
  env: Record<string, string>;
};

/** Finds or makes every tool, one line each. A run at the same time waits until this one is done. */
export const findToolchain = (): Promise<Toolchain> =>
  withLock(
    inCache("toolchain.lock"),
    async () => {
      const facts = new Facts();
      const cli = await findCli(facts);
      await findPlugins(cli, facts);
      const engine = await findEngine();
      const config = devConfig();
      const users = usersValues(machineValues(config), facts.read("configSetByUs", isMachineValues) ?? {});
      const named = config.images.filter((name) => name !== "grafana" || users["images.grafana"] !== undefined);
      const images = await findImages(engine, facts, { registry: users.imageRegistry, named });
      return { facts, cli, engine, images, env: pulumiEnvironment(cli, engine.host) };
    },
    (pid) => say("lock", `another run (process ${pid}) is at work; waiting for it`),
  );
