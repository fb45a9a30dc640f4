import { once } from "node:events";
import { componentNames } from "../../infra/system/names.ts";
import { interruption } from "../../lib/interruption.ts";
import { UserError } from "../../lib/user-error.ts";
import { parseArguments, secondsOf } from "../lib/arguments.ts";
import { findOwnStack } from "../lib/own-stack.ts";
import { devStack } from "../lib/stack-config.ts";
import { asUserError } from "../lib/stack-place.ts";
import { dockerSource } from "../logs/docker-source.ts";
import { matches, parseLine, printJson, printPretty } from "../logs/event.ts";
import type { LogSource } from "../logs/source.ts";

const usage =
  "npm run logs -- [--stack NAME] [--component NAME] [--replica NAME] [--route ROUTE] [--request ID] [--since 10m] [--no-follow] [--json]";

async function sourceOf(stack: string): Promise<LogSource> {
  const own = await findOwnStack(stack);
  if (own.target === "docker") {
    return dockerSource(own.engine, own);
  }
  const { kubernetesSource } = await import("../logs/kubernetes-source.ts");
  return kubernetesSource(own.access, own.namespace, own.labels);
}

/** `npm run logs`: the logs of a stack's containers, merged by time, followed until Ctrl-C. */
async function logs(args: string[]): Promise<number> {
  const { values } = parseArguments(usage, {
    args,
    allowNegative: true,
    options: {
      stack: { type: "string", default: devStack },
      component: { type: "string" },
      replica: { type: "string" },
      route: { type: "string" },
      request: { type: "string" },
      since: { type: "string", default: "10m" },
      follow: { type: "boolean", default: true },
      json: { type: "boolean", default: false },
    },
  });
  const { stack, component, since, follow, json, ...filter } = values;
  if (component !== undefined && !componentNames.some((name) => name === component)) {
    throw new UserError(`--component is "${component}"; allowed: ${componentNames.join(", ")}.`);
  }
  const start = Date.now() / 1000 - secondsOf("--since", since);
  const source = await sourceOf(stack);
  const print = json ? printJson : printPretty;
  // The reader of our stdout may close it early, as in `npm run logs | head`.
  const closed = new AbortController();
  process.stdout.on("error", () => closed.abort());
  const signal = AbortSignal.any([interruption, closed.signal]);
  try {
    for await (const line of source({ since: start, follow, component, signal })) {
      if (signal.aborted) {
        break;
      }
      const event = parseLine(line);
      // A slow reader slows this loop down. Otherwise the waiting lines would fill the memory.
      if (matches(event, filter) && !process.stdout.write(`${print(event)}\n`)) {
        await once(process.stdout, "drain", { signal });
      }
    }
  } catch (error) {
    // After an abort, the broken connections are no failure.
    if (!signal.aborted) {
      throw await asUserError(error, stack);
    }
  }
  return 0;
}

export default logs;
