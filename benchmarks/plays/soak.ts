import { componentLabel } from "../../infra/docker/labels.ts";
import { ports } from "../../infra/system/ports.ts";
import { PrometheusClient, type Series } from "../../prometheus/client.ts";
import { exported } from "../../prometheus/exported.ts";
import { resumeJob } from "../../prometheus/expressions.ts";
import { UserError } from "../../toolchain/lib/user-error.ts";
import type { Check } from "../result.ts";
import { planOf, type Scenario } from "../scenarios.ts";
import { type LocalStack, mustBeLocal, type Played, runStep, type Stage } from "../stage.ts";
import { growth } from "../statistics.ts";

/** The beginning of a run, whose growth is warming up: this share of it. */
const warmUp = 0.3;

/** What may not grow, and what of it is noise: this share of its mean over the run. */
const watched = [
  { what: "heap", expr: `${exported.node.heapUsed}{${resumeJob}}`, noise: 0.15 },
  { what: "open files", expr: `${exported.process.openFds}{${resumeJob}}`, noise: 0.15 },
] as const;

/** Readers for a long time; nothing in the replicas may grow. */
export async function soak(stage: Stage, scenario: Scenario): Promise<Played> {
  const prometheus = await prometheusOf(mustBeLocal(stage, scenario));
  const from = Date.now();
  await runStep(stage, scenario, "", planOf(scenario, stage.targets));
  const to = Date.now();
  const range = { from: from + (to - from) * warmUp, to, stepSeconds: 5 };
  const checks: Check[] = [];
  for (const { what, expr, noise } of watched) {
    for (const series of await prometheus.queryRange(expr, range)) checks.push(growthCheck(what, series, noise));
  }
  return { checks, notes: [] };
}

/** The line through a series, from its start to its end, against its mean; within noise, or within what it swings by anyway. */
export function growthCheck(what: string, { labels, points }: Series, noise: number): Check {
  const { grown, mean, swing } = growth(points);
  const allowed = Math.max(noise * mean, 2 * swing);
  return {
    what: `growth of ${what}, ${labels.instance}`,
    value: `${((100 * grown) / mean).toFixed(1)} %`,
    target: `< ${((100 * allowed) / mean).toFixed(0)} %`,
    met: points.length > 2 && grown < allowed,
  };
}

/** The Prometheus of the stack, by the port that its container publishes. */
async function prometheusOf({ engine, stack }: LocalStack): Promise<PrometheusClient> {
  const listed = await engine.listContainers({ filters: { label: [...stack.labels, `${componentLabel}=prometheus`] } });
  const published = listed
    .flatMap(({ Ports }) => Ports)
    .find(({ PrivatePort, PublicPort }) => PrivatePort === ports.prometheus && PublicPort);
  if (published === undefined)
    throw new UserError("The stack's Prometheus publishes no port, so nobody can say whether anything grew.");
  return new PrometheusClient(`http://127.0.0.1:${published.PublicPort}`);
}
