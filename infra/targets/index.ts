import type { TargetName } from "../config/keys.ts";
import type { Target } from "./target.ts";

/** Loads the folder of that name, and no other: the SDK of each target is large. */
export async function loadTarget(name: TargetName): Promise<Target<unknown>> {
  const { target }: { target?: unknown } = await import(`./${name}/index.ts`);
  if (!isTarget(target)) {
    throw new Error(`infra/targets/${name}/index.ts exports no target`);
  }
  return target;
}

function isTarget(value: unknown): value is Target<unknown> {
  return typeof value === "object" && value !== null && "preflight" in value && "deploy" in value;
}
