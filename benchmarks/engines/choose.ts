import { which } from "../../lib/which.ts";
import type { LoadEngine } from "./engine.ts";
import { undiciEngine } from "./undici.ts";
import { wrk } from "./wrk.ts";

/** wrk where it is on the PATH, since the engine takes its CPU time from the servers that it measures; else undici. */
export async function chooseEngine(): Promise<LoadEngine> {
  const program = which("wrk");
  return program === undefined ? undiciEngine : wrk(program);
}
