import { pause } from "../interruption.ts";
import { say, seconds, stopwatch, withProgress } from "../report.ts";
import { messageOf, UserError } from "../user-error.ts";
import { type Api, condition } from "./api.ts";
import { clusterName } from "./place.ts";

/** A part of the cluster that has to be well before it counts as up. */
type Part = { name: string; path: string; condition: "Ready" | "Available" };

function deployment(name: string): Part {
  return {
    name,
    path: `/apis/apps/v1/namespaces/kube-system/deployments/${name}`,
    condition: "Available",
  };
}

const node: Part = { name: "the node", path: `/api/v1/nodes/${clusterName}`, condition: "Ready" };

/** What every cluster has, in a container or not. */
const parts: Part[] = [
  deployment("coredns"),
  deployment("metrics-server"),
  {
    name: "the metrics' API",
    path: "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io",
    condition: "Available",
  },
];

const limitMs = 120_000;

/** Whether a part is well now. An API server that does not answer yet, as after a start, is a reason like any other. */
async function look(api: Api, part: Part): Promise<{ met: boolean; why: string }> {
  try {
    const { status, body } = await api.ask("GET", part.path);
    return status === 200 ? condition(body, part.condition) : { met: false, why: `it answers ${status}` };
  } catch (error) {
    return { met: false, why: `the API server does not answer (${messageOf(error)})` };
  }
}

/** Waits until a part is well. @throws UserError with the part's own words when it is late */
async function waitUntilWell(api: Api, part: Part): Promise<void> {
  const end = Date.now() + limitMs;
  for (;;) {
    const { met, why } = await look(api, part);
    if (met) {
      return;
    }
    if (Date.now() > end) {
      throw new UserError(
        `cluster: ${part.name} is not ${part.condition.toLowerCase()} within ${limitMs / 1000} s: ${why}`,
      );
    }
    await pause(250);
  }
}

/**
 * Waits until the cluster's own parts are well.
 * @param own whether the node is made of this machine; others wait for theirs themselves
 * @param tells whether a line is said for each part
 * @throws UserError with the part's own words when one is late
 */
export async function waitUntilReady(api: Api, own: boolean, tells: boolean): Promise<void> {
  for (const part of own ? [node, ...parts] : parts) {
    const elapsed = stopwatch();
    await withProgress("cluster", `waiting for ${part.name}`, () => waitUntilWell(api, part));
    if (tells) {
      say("cluster", `${part.name} is ${part.condition.toLowerCase()} after ${seconds(elapsed())}`);
    }
  }
}
