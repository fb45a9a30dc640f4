import { which } from "../../toolchain/lib/which.ts";
import { autocannonEngine } from "./autocannon.ts";
import type { LoadEngine } from "./engine.ts";
import { wrk } from "./wrk.ts";

/** wrk where it is on the PATH, since the engine takes its CPU time from the servers that it measures; else autocannon. */
export async function chooseEngine(): Promise<LoadEngine> {
  const program = which("wrk");
  return program === undefined ? autocannonEngine : wrk(program);
}
