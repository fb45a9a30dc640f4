import { once } from "node:events";
import { parseArgs } from "node:util";
import { stackLabels } from "../../infra/labels.ts";
import { componentNames } from "../../infra/system/names.ts";
import { duration } from "../../lib/duration.ts";
import { interruption } from "../../lib/interruption.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { devStack, project } from "../lib/stack-config.ts";
import { asUserError, stackPlace } from "../lib/stack-place.ts";
import { dockerSource } from "../logs/docker-source.ts";
import { matches, parseLine } from "../logs/event.ts";
import { printJson, printPretty } from "../logs/print.ts";
import type { LogSource } from "../logs/source.ts";
import { client, findEngine } from "../tools/engine.ts";

const usage =
  "npm run logs -- [--stack NAME] [--component NAME] [--replica NAME] [--route ROUTE] [--request ID] [--since 10m] [--no-follow] [--json]";

function parse(args: string[]) {
  try {
    return parseArgs({
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
    }).values;
  } catch (error) {
    throw new UserError(`${messageOf(error)} Usage: ${usage}`);
  }
}

/** Where the lines of a stack come from: the engine, or the cluster that it runs on. */
async function sourceOf(stack: string): Promise<LogSource> {
  const place = await stackPlace(project, stack);
  const labels = stackLabels(project, stack);
  if (place.target === "docker") {
    return dockerSource(client((await findEngine()).host), labels);
  }
  const { kubernetesSource } = await import("../logs/kubernetes-source.ts");
  return kubernetesSource(place.access, place.namespace, labels);
}

/** `npm run logs`: what the containers of a stack write, merged by time, followed until Ctrl-C. */
async function logs(args: string[]): Promise<number> {
  const { stack, component, since, follow, json, ...filter } = parse(args);
  if (component !== undefined && !componentNames.some((name) => name === component)) {
    throw new UserError(`--component is "${component}"; allowed: ${componentNames.join(", ")}.`);
  }
  const seconds = duration(since);
  if (seconds === undefined) {
    throw new UserError(`--since is "${since}"; allowed: a whole number with s, m, h or d.`);
  }
  const source = await sourceOf(stack);
  const print = json ? printJson : printPretty;
  // Who reads us may have enough: `npm run logs | head`.
  const closed = new AbortController();
  process.stdout.on("error", () => closed.abort());
  const signal = AbortSignal.any([interruption, closed.signal]);
  try {
    for await (const line of source({ since: Date.now() / 1000 - seconds, follow, component, signal })) {
      if (signal.aborted) {
        break;
      }
      const event = parseLine(line);
      if (!matches(event, filter)) {
        continue;
      }
      // Who reads us slowly holds us up: what waits for them would fill the memory.
      if (!process.stdout.write(`${print(event)}\n`)) {
        await once(process.stdout, "drain", { signal });
      }
    }
  } catch (error) {
    // What is cut off at the end is no failure.
    if (!signal.aborted) {
      throw await asUserError(error, stack);
    }
  }
  return 0;
}

export default logs;
