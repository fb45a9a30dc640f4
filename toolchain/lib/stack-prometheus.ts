import { ports } from "../../infra/system/names.ts";
import { requestInside } from "./component-exec.ts";
import { findOwnStack } from "./own-stack.ts";

/**
 * How a stack's Prometheus is requested, from inside its container: by POST with a form, else by GET.
 * @throws {UserError} when there is no such stack
 */
export async function stackPrometheus(stack: string): Promise<(path: string, form?: string) => Promise<string>> {
  const own = await findOwnStack(stack);
  const prometheus = { component: "prometheus", port: ports.prometheus };
  return (path, form) => requestInside(own, { ...prometheus, path, ...(form === undefined ? {} : { form }) });
}
