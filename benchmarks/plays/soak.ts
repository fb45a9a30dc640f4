import { componentLabel } from "../../infra/docker/labels.ts";
import { ports } from "../../infra/system/ports.ts";
import { PrometheusClient, type Series } from "../../prometheus/client.ts";
import { exported } from "../../prometheus/exported.ts";
import { resumeJob } from "../../prometheus/expressions.ts";
import { UserError } from "../../toolchain/lib/user-error.ts";
import type { Check } from "../result.ts";
import { planOf, type Scenario } from "../scenarios.ts";
import { type LocalStack, mustBeLocal, type Played, runStep, type Stage } from "../stage.ts";

/** The beginning of a run, whose growth is warming up: this share of it. */
const warmUp = 0.1;

/** What may not grow in a replica. */
const watched = [
  { what: "heap", expr: `${exported.node.heapUsed}{${resumeJob}}` },
  { what: "open files", expr: `${exported.process.openFds}{${resumeJob}}` },
] as const;

/** What a floor moves by anyway, as a share of it. */
const noise = 0.1;

/** Readers for a long time; nothing in the replicas may grow. */
export async function soak(stage: Stage, scenario: Scenario): Promise<Played> {
  const prometheus = await prometheusOf(mustBeLocal(stage, scenario));
  const from = Date.now();
  await runStep(stage, scenario, "", planOf(scenario, stage.targets));
  const to = Date.now();
  const range = { from: from + (to - from) * warmUp, to, stepSeconds: 5 };
  const checks: Check[] = [];
  for (const { what, expr } of watched) {
    for (const series of await prometheus.queryRange(expr, range)) checks.push(growthCheck(what, series));
  }
  return { checks, notes: [] };
}

/**
 * The lowest of the run's second half against that of its first. Both swing, a heap for minutes until it is collected;
 * what a replica does not give back shows at the bottom.
 */
export function growthCheck(what: string, { labels, points }: Series): Check {
  const values = points.map(([, value]) => value);
  const half = Math.floor(values.length / 2);
  const [first, second] = [Math.min(...values.slice(0, half)), Math.min(...values.slice(half))];
  const grown = second / first - 1;
  return {
    what: `growth of ${what}, ${labels.instance}`,
    value: Number.isFinite(grown) ? `${(100 * grown).toFixed(1)} %` : "no data",
    target: `< ${100 * noise} %`,
    met: grown < noise,
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
