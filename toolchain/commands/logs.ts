import { once } from "node:events";
import { componentNames } from "../../infra/system/names.ts";
import { interruption } from "../../lib/interruption.ts";
import { UserError } from "../../lib/user-error.ts";
import { parseArguments, secondsOf } from "../lib/arguments.ts";
import { findOwnStack } from "../lib/own-stack.ts";
import { devStack } from "../lib/stack-config.ts";
import { asUserError } from "../lib/stack-place.ts";
import { containerNames, dockerSource } from "../logs/docker-source.ts";
import { type Filter, matches, parseLine, printJson, printPretty } from "../logs/event.ts";
import type { LogSource } from "../logs/source.ts";

/** The route of requests that no route of the service matches. */
const unmatched = "unmatched";

const usage =
  "npm run logs -- [--stack NAME] [--component NAME] [--replica NAME] [--route ROUTE] [--request ID] [--since 10m] [--no-follow] [--json]";

interface StackLogs {
  readonly source: LogSource;
  /** The names of a component's containers or pods whose logs are there. */
  readonly names: (component: string) => Promise<string[]>;
}

async function logsOf(stack: string): Promise<StackLogs> {
  const own = await findOwnStack(stack);
  if (own.target === "docker") {
    return {
      source: dockerSource(own.engine, own),
      names: (component) => containerNames(own.engine, own, component),
    };
  }
  const { kubernetesSource, podNames } = await import("../logs/kubernetes-source.ts");
  return {
    source: kubernetesSource(own.access, own.namespace, own.labels),
    names: (component) => podNames(own.access, own.namespace, own.labels, component),
  };
}

/** @throws {UserError} when no line can have such a field */
export function assertFilter({ component, route, request }: Filter & { component?: string | undefined }): void {
  if (component !== undefined && !componentNames.some((name) => name === component)) {
    throw new UserError(`--component is "${component}"; allowed: ${componentNames.join(", ")}.`);
  }
  if (route !== undefined && !/^\/\S*$/.test(route) && route !== unmatched) {
    throw new UserError(`--route is "${route}"; allowed: a path such as /contact, or ${unmatched}.`);
  }
  if (request !== undefined && !/^[\w.-]{8,64}$/.test(request)) {
    throw new UserError(`--request is "${request}"; allowed: the value of an X-Request-Id header.`);
  }
}

/**
 * A replica has two names: its host name, and that of its container, which has the stack's name before it.
 * @throws {UserError} when none of these containers has the name
 */
export function assertReplica(replica: string, component: string, names: readonly string[]): void {
  if (!names.some((name) => name === replica || name.endsWith(`-${replica}`))) {
    const allowed = names.length === 0 ? "none, as no container of it is there" : names.toSorted().join(", ");
    throw new UserError(`--replica is "${replica}"; allowed for ${component}: ${allowed}.`);
  }
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
  assertFilter({ component, ...filter });
  const start = Date.now() / 1000 - secondsOf("--since", since);
  const { source, names } = await logsOf(stack);
  const print = json ? printJson : printPretty;
  // The reader of our stdout may close it early, as in `npm run logs | head`.
  const closed = new AbortController();
  process.stdout.on("error", () => closed.abort());
  const signal = AbortSignal.any([interruption, closed.signal]);
  try {
    if (filter.replica !== undefined) {
      const replicated = component ?? "resume";
      assertReplica(filter.replica, replicated, await names(replicated));
    }
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
