import { UserError } from "../lib/user-error.ts";
import { runCommand } from "./run-command.ts";

type Command = { does: string; load: () => Promise<{ default: (args: string[]) => Promise<number> }> };

/** The commands, with what the usage says of each. */
const commands: Record<string, Command> = {
  up: { does: "brings up a stack", load: () => import("./commands/up.ts") },
  down: { does: "destroys a stack", load: () => import("./commands/down.ts") },
  pulumi: { does: "runs the Pulumi CLI", load: () => import("./commands/pulumi.ts") },
  test: { does: "runs all tests, real stacks included", load: () => import("./commands/test.ts") },
  logs: { does: "follows the containers' logs", load: () => import("./commands/logs.ts") },
  messages: { does: "prints the messages of the contact form", load: () => import("./commands/messages.ts") },
  backup: { does: "copies messages and Grafana's data to a file", load: () => import("./commands/backup.ts") },
  restore: { does: "brings back what a backup holds", load: () => import("./commands/restore.ts") },
  rotate: { does: "replaces a secret of the stack", load: () => import("./commands/rotate.ts") },
  screenshots: { does: "makes pictures of each page", load: () => import("./commands/screenshots.ts") },
  "redis:repair": { does: "repairs Redis' file after a crash", load: () => import("./commands/redis-repair.ts") },
  alerts: { does: "prints the alerts that fire or are pending", load: () => import("./commands/alerts.ts") },
  dashboards: { does: "makes pictures of the dashboards", load: () => import("./commands/dashboards.ts") },
  certificate: { does: "makes a certificate for TLS", load: () => import("./commands/certificate.ts") },
  check: { does: "types, lint and the tests that need no Docker", load: () => import("./commands/check.ts") },
  "check:content": { does: "the content's faults and warnings", load: () => import("./commands/check-content.ts") },
  dev: { does: "runs the service alone, with reload", load: () => import("./commands/dev.ts") },
  "cluster:up": { does: "creates a Kubernetes on this machine", load: () => import("./commands/cluster-up.ts") },
  "cluster:down": { does: "removes that Kubernetes", load: () => import("./commands/cluster-down.ts") },
  docs: { does: "renews the generated tables in docs/", load: () => import("./commands/docs.ts") },
  outdated: { does: "lists pinned versions that have newer ones", load: () => import("./commands/outdated.ts") },
};

/** start.mjs starts the benchmark's own main: the benchmark imports the toolchain, never the other way round. */
const bench = { does: "measures the stack against references on the same machine" };

const [name = "", ...args] = process.argv.slice(2);
const command = commands[name];
await runCommand("toolchain", 1, async () => {
  if (!command) {
    const list = Object.entries({ ...commands, bench }).map(([key, { does }]) => `  npm run ${key.padEnd(12)} ${does}`);
    throw new UserError(`There is no command "${name}". There are:\n${list.join("\n")}`);
  }
  return (await command.load()).default(args);
});
