import { type ComponentName, ports } from "../../infra/system/names.ts";
import { componentLabel } from "../../infra/targets/docker/labels.ts";
import { UserError } from "../../lib/user-error.ts";
import { PrometheusClient, type Series } from "../../prometheus/client.ts";
import { exported } from "../../prometheus/exported.ts";
import { resumeJob } from "../../prometheus/expressions.ts";
import { type Check, unfinished } from "../result.ts";
import { planOf, type Scenario } from "../scenarios.ts";
import { type LocalStack, mustBeLocal, type Played, runStep, type Stage } from "../stage.ts";
import { trendOf } from "../trend.ts";
import type { Usage } from "../watch/containers.ts";
import { type Heap, watchHeaps } from "../watch/heaps.ts";

/** The beginning of a run, whose growth is warming up: this share of it. */
const warmUp = 0.1;

/** How often in a run each replica's garbage is collected, so that its heap can be looked at. */
const collections = 40;

/** What the system keeps for a replica. */
const openFiles = { what: "open files", expr: `${exported.process.openFds}{${resumeJob}}` };

/** What a floor moves by anyway, as a share of it. */
const noise = 0.1;

/** What a value may rise by over the whole run, as a share of it, though the rise stands out of the noise. */
const mostRise = 0.05;

/**
 * A long time at full load. Nothing in the replicas may grow: what is left of their heaps whenever all garbage is
 * collected, and the files that they have open.
 */
export async function soak(stage: Stage, scenario: Scenario): Promise<Played> {
  const local = mustBeLocal(stage);
  const { engine, stack } = local;
  const prometheus = await prometheusOf(local, stage.url);
  const from = Date.now();
  const { heaps, stop } = watchHeaps(engine, stack.replicas, (scenario.seconds * 1000) / collections);
  let trouble: string | undefined;
  try {
    await runStep(stage, scenario, "", planOf(scenario, stage.targets));
  } finally {
    trouble = await stop();
  }
  const range = { ...afterWarmUp(from, Date.now()), stepSeconds: 5 };
  const found = await prometheus.queryRange(openFiles.expr, range);
  return {
    checks: [
      ...heaps.map(heapCheck),
      ...(trouble === undefined ? [] : [unfinished("collecting the replicas' garbage", trouble)]),
      seriesCheck(openFiles.what, found, stack.replicas.length),
      ...found.flatMap((series) => [
        growthCheck(openFiles.what, series),
        slopeCheck(`${openFiles.what}, rise over the run, ${nameOf(series)}`, series.points),
      ]),
    ],
    heaps,
    notes: [`The replicas' garbage is collected ${collections} times meanwhile.`],
  };
}

/**
 * What is left of a heap may not rise in the second half. In the first one it does, until V8 throws away, after some
 * collections, the code that only a start needs: a tenth of the heap.
 */
export const heapCheck = ({ container, points }: Heap): Check =>
  slopeCheck(`heap after a collection, rise over the second half, ${container}`, points.slice(points.length / 2));

const afterWarmUp = (from: number, to: number) => ({ from: from + (to - from) * warmUp, to });

const nameOf = ({ labels }: Series) => labels.instance ?? "a replica";

/** Without a series of each replica nothing is known of its growth. */
export const seriesCheck = (what: string, found: readonly Series[], replicas: number): Check => ({
  what: `${what}, series in Prometheus`,
  value: String(found.length),
  target: `>= ${replicas}`,
  met: replicas > 0 && found.length >= replicas,
});

/**
 * The lowest of the run's second half against that of its first. Both swing, a heap for minutes until it is collected;
 * what a replica does not give back shows at the bottom.
 */
export function growthCheck(what: string, series: Series): Check {
  const values = series.points.map(([, value]) => value);
  const half = Math.floor(values.length / 2);
  const [first, second] = [Math.min(...values.slice(0, half)), Math.min(...values.slice(half))];
  const grown = second / first - 1;
  return {
    what: `${what}, growth of its floor, ${nameOf(series)}`,
    value: Number.isFinite(grown) ? `${(100 * grown).toFixed(1)} %` : "no data",
    target: `< ${100 * noise} %`,
    met: grown < noise,
  };
}

/**
 * Whether the rise over the run can't be told from none, or is small. Fewer readings than make a trend are no success, and
 * nor are such of nothing.
 */
export function slopeCheck(what: string, points: readonly (readonly [number, number])[]): Check {
  const trend = points.some(([, value]) => value > 0) ? trendOf(points) : undefined;
  const share = (value: number) => `${((100 * value) / (trend?.mean ?? 1)).toFixed(1)} %`;
  return {
    what,
    value:
      trend === undefined
        ? "too few readings"
        : `${share(trend.rise)} (99.9 %: ${share(trend.low)} to ${share(trend.high)})`,
    target: `within noise, or < ${100 * mostRise} %`,
    met: trend !== undefined && (trend.low <= 0 || trend.rise < mostRise * trend.mean),
  };
}

/**
 * What answers visitors. Of the others ten minutes say nothing: Prometheus holds its samples for hours until it writes a
 * block of them, from its start on, and an exporter's garbage is most of it.
 */
const serving: ReadonlySet<string> = new Set<ComponentName>(["nginx", "resume", "redis"]);

/** The same of what the processes of each container hold. */
export function memorySlopeChecks(usage: readonly Usage[]): Check[] {
  const times = usage.map(({ time }) => time);
  const { from } = afterWarmUp(Math.min(...times), Math.max(...times));
  const containers = Map.groupBy(
    usage.filter(({ time, component }) => time >= from && serving.has(component)),
    ({ container }) => container,
  );
  return [...containers].map(([name, seen]) =>
    slopeCheck(
      `memory, rise over the run, ${name}`,
      seen.map(({ time, held }) => [time, held]),
    ),
  );
}

/** The Prometheus of the stack, by the address that its container publishes, or where that is all of them, by the site's. */
async function prometheusOf({ engine, stack }: LocalStack, url: URL): Promise<PrometheusClient> {
  const listed = await engine.listContainers({ filters: { label: [...stack.labels, `${componentLabel}=prometheus`] } });
  const published = listed
    .flatMap(({ Ports }) => Ports)
    .find(({ PrivatePort, PublicPort }) => PrivatePort === ports.prometheus && PublicPort);
  if (published === undefined)
    throw new UserError("The stack's Prometheus publishes no port, so nobody can say whether anything grew.");
  const { IP, PublicPort } = published;
  const host = IP === "0.0.0.0" || IP === "::" ? url.hostname : IP.includes(":") ? `[${IP}]` : IP;
  return new PrometheusClient(`http://${host}:${PublicPort}`);
}
