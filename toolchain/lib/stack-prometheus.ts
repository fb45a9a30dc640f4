import { ports } from "../../infra/system/names.ts";
import { requestInside } from "./component-exec.ts";
import { findOwnStack, type PlacedStack } from "./own-stack.ts";

/** How Prometheus is requested, from inside its container: by POST with a form, else by GET. */
type AskPrometheus = (path: string, form?: string) => Promise<string>;

export function prometheusOf(stack: PlacedStack): AskPrometheus {
  const prometheus = { component: "prometheus", port: ports.prometheus };
  return (path, form) => requestInside(stack, { ...prometheus, path, ...(form === undefined ? {} : { form }) });
}

/** @throws {UserError} when there is no such stack */
export async function stackPrometheus(stack: string): Promise<AskPrometheus> {
  return prometheusOf(await findOwnStack(stack));
}
