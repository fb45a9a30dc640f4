import type { Presence } from "../../lib/cluster/presence.ts";
import { componentPid } from "./background.ts";
import { componentNames } from "./components.ts";
import { readState } from "./state.ts";

/** The state of the node that was made of this machine. */
export function nodePresence(): Presence {
  if (readState() === undefined) {
    return "none";
  }
  return componentNames.some((name) => componentPid(name) !== undefined) ? "running" : "stopped";
}
