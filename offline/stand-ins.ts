import { join } from "node:path";

/** The plugins that have a stand-in. */
export type StandIn = "docker" | "random" | "language-nodejs";

/** The command that starts a stand-in. */
export function standIn(name: StandIn): string[] {
  return [process.execPath, join(import.meta.dirname, "plugins", name, "main.ts")];
}
