import { type ComponentName, ports } from "../../infra/system/names.ts";
import { componentLabel } from "../../infra/targets/docker/labels.ts";
import { UserError } from "../../lib/user-error.ts";
import { PrometheusClient, type Series } from "../../prometheus/client.ts";
import { exported } from "../../prometheus/exported.ts";
import { resumeJob } from "../../prometheus/expressions.ts";
import { type Context, type LocalStack, type Outcome, requireLocal, runStep } from "../context.ts";
import type { Check } from "../result.ts";
import type { Usage } from "../sampling.ts";
import { trendOf } from "../statistics.ts";
import { planOf, type Scenario } from "./catalogue.ts";

/** The share of a run's beginning that is left out as its warm-up. */
const warmUp = 0.1;

/** What Prometheus has of a replica, and the growth of its floor that counts as none, as a share. */
const openFiles = { what: "open files", expr: `${exported.process.openFds}{${resumeJob}}`, noise: 0.1 };
/** Collected every 1 to 6 minutes: the floors of a sound heap were measured up to 26 % apart, and a line through it says nothing. */
const heap = { what: "heap", expr: `${exported.node.heapUsed}{${resumeJob}}`, noise: 0.5 };

/** What a value may rise by over the whole run, as a share of it, even if the rise is significant. */
const mostRise = 0.05;

/**
 * A long time at full load, after which nothing may have grown: the replicas' open files, the floor of their heaps, and the
 * memory of the containers (`memorySlopeChecks`), which shows a leak of any kind.
 */
export async function soak(context: Context, scenario: Scenario): Promise<Outcome> {
  const local = requireLocal(context);
  const prometheus = await prometheusOf(local, context.url);
  const from = Date.now();
  await runStep(context, scenario, "", planOf(scenario, context.site));
  const range = { ...afterWarmUp(from, Date.now()), stepSeconds: 5 };
  const checks: Check[] = [];
  for (const { what, expr, noise } of [openFiles, heap]) {
    const found = await prometheus.queryRange(expr, range);
    checks.push(seriesCheck(what, found, local.stack.replicas.length));
    for (const series of found) {
      checks.push(growthCheck(what, series, noise));
      if (what === openFiles.what) {
        checks.push(slopeCheck(`${what}, rise over the run, ${nameOf(series)}`, series.points));
      }
    }
  }
  return { checks, notes: [] };
}

function afterWarmUp(from: number, to: number) {
  return { from: from + (to - from) * warmUp, to };
}

function nameOf({ labels }: Series) {
  return labels.instance ?? "a replica";
}

/** Without a series of each replica nothing is known of its growth. */
export function seriesCheck(what: string, found: readonly Series[], replicas: number): Check {
  return {
    what: `${what}, series in Prometheus`,
    value: String(found.length),
    threshold: `>= ${replicas}`,
    met: replicas > 0 && found.length >= replicas,
  };
}

/**
 * The lowest value of the run's second half against that of its first: what a replica does not give back.
 * @param noise growth that counts as none, as a share
 */
export function growthCheck(what: string, series: Series, noise: number = openFiles.noise): Check {
  const values = series.points.map(([, value]) => value);
  const half = Math.floor(values.length / 2);
  const [first, second] = [Math.min(...values.slice(0, half)), Math.min(...values.slice(half))];
  const grown = second / first - 1;
  return {
    what: `${what}, growth of its floor, ${nameOf(series)}`,
    value: Number.isFinite(grown) ? `${(100 * grown).toFixed(1)} %` : "no data",
    threshold: `< ${100 * noise} %`,
    met: grown < noise,
  };
}

/** Whether the rise over the run is insignificant, or small. Too few readings are no success, and nor are zeros. */
export function slopeCheck(what: string, points: readonly (readonly [number, number])[]): Check {
  const trend = points.some(([, value]) => value > 0) ? trendOf(points) : undefined;
  const share = (value: number) => `${((100 * value) / (trend?.mean ?? 1)).toFixed(1)} %`;
  return {
    what,
    value:
      trend === undefined
        ? "too few readings"
        : `${share(trend.rise)} (99.9 %: ${share(trend.low)} to ${share(trend.high)})`,
    threshold: `within noise, or < ${100 * mostRise} %`,
    met: trend !== undefined && (trend.low <= 0 || trend.rise < mostRise * trend.mean),
  };
}

/**
 * What answers visitors. Ten minutes say nothing of the others: Prometheus holds its samples in memory for hours before it
 * writes a block, and most of an exporter's memory is garbage.
 */
const serving: ReadonlySet<string> = new Set<ComponentName>(["nginx", "resume", "redis"]);

/** The memory that the processes of each container hold. */
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

/** The stack's Prometheus, at the address that its container publishes; at the site's host where that is every address. */
async function prometheusOf({ engine, stack }: LocalStack, url: URL): Promise<PrometheusClient> {
  const listed = await engine.listContainers({ filters: { label: [...stack.labels, `${componentLabel}=prometheus`] } });
  const published = listed
    .flatMap(({ Ports }) => Ports)
    .find(({ PrivatePort, PublicPort }) => PrivatePort === ports.prometheus && PublicPort);
  if (published === undefined) {
    throw new UserError("The stack's Prometheus publishes no port, so that growth can't be measured.");
  }
  const { IP, PublicPort } = published;
  const host = IP === "0.0.0.0" || IP === "::" ? url.hostname : IP.includes(":") ? `[${IP}]` : IP;
  return new PrometheusClient(`http://${host}:${PublicPort}`);
}
