import { type Line, lineChart, lineColor } from "../../grafana/pictures/charts.ts";
import { escapeHtml } from "../../grafana/pictures/html.ts";
import type { Second } from "../load/plan.ts";
import type { ScenarioResult } from "../result.ts";
import type { Usage } from "../sampling.ts";
import { heights, none, type Piece } from "./page.ts";

const size = { width: 400, height: 190 };

type Run = Pick<ScenarioResult, "steps" | "usage">;

/** Seconds of the load, all runs of a scenario after one another. */
function secondsOf({ steps }: Run): Second[] {
  return steps.flatMap(({ result }) => withoutRest(result.series));
}

/** Below this, in seconds, a rate is noise. */
const shortestSecond = 0.5;

/** Merges what remains of a run after its last whole second, where it is short, into that second. */
export function withoutRest(series: readonly Second[]): Second[] {
  const [last, rest] = series.slice(-2);
  if (last === undefined || rest === undefined || rest.seconds >= shortestSecond) {
    return [...series];
  }
  const both = (value: (second: Second) => number) => value(last) + value(rest);
  const joined: Second = {
    ...last,
    time: rest.time,
    seconds: both(({ seconds }) => seconds),
    requests: both(({ requests }) => requests),
    failed: both(({ failed }) => failed),
  };
  return [...series.slice(0, -2), joined];
}

/** Lines that fit into one row of a legend. */
const mostInRow = 4;

/** A chart with its title and legend; none where there is nothing to draw. */
function drawn(title: string, unit: string, lines: readonly Line[]): Piece {
  const times = lines.flatMap(({ points }) => points.map(([time]) => time));
  if (times.length === 0) {
    return none;
  }
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const legend = lines.map(
    ({ name }, index) => `<span><i style="background: ${lineColor(index)}"></i>${escapeHtml(name)}</span>`,
  );
  const tall = lines.length > mostInRow;
  return {
    html: `<div><h3>${escapeHtml(title)}</h3>${lineChart({ ...size, unit, lines, from, to })}<div class="legend${tall ? " tall" : ""}">${legend.join("")}</div></div>`,
    height: heights.title + size.height + (tall ? heights.tallLegend : heights.legend) + 8,
  };
}

function line(run: Run, name: string, value: (second: Second) => number): Line {
  return {
    name,
    points: secondsOf(run).map((second) => [second.time, value(second)]),
  };
}

export function throughput(run: Run): Piece {
  return drawn("Requests", "reqps", [
    line(run, "answered", ({ requests, failed, seconds }) => (requests - failed) / seconds),
    line(run, "failed", ({ failed, seconds }) => failed / seconds),
  ]);
}

export function latency(run: Run): Piece {
  return drawn("Response time", "s", [
    line(run, "p50", ({ p50 }) => p50 / 1000),
    line(run, "p95", ({ p95 }) => p95 / 1000),
    line(run, "p99", ({ p99 }) => p99 / 1000),
  ]);
}

/** Of each second; none where no request came to an end in it. */
function success(run: Run): Piece {
  return drawn("Success", "percentunit", [
    line(run, "sound answers", ({ requests, failed }) => (requests === 0 ? Number.NaN : 1 - failed / requests)),
  ]);
}

/** The heaviest replica, nginx, and all together. */
export function memoryInShort({ usage }: Run): Piece {
  const rounds = roundsOf(usage);
  const line = (name: string, value: (round: readonly Usage[]) => number): Line => ({
    name,
    points: rounds.map((round) => [round[0]?.time ?? 0, value(round) / 1e6]),
  });
  const most = (component: string) => (round: readonly Usage[]) =>
    Math.max(...round.filter((seen) => seen.component === component).map(({ memory }) => memory));
  return drawn("Memory, MB", "short", [
    line("the heaviest replica", most("resume")),
    line("nginx", most("nginx")),
    line("the whole stack", total),
  ]);
}

function total(round: readonly Usage[]): number {
  return round.reduce((sum, { memory }) => sum + memory, 0);
}

/** Groups readings by round: a new one begins with a container that the present one has. */
function roundsOf(usage: readonly Usage[]): Usage[][] {
  const rounds: Usage[][] = [];
  for (const seen of usage) {
    const round = rounds.at(-1);
    if (round === undefined || round.some(({ container }) => container === seen.container)) {
      rounds.push([seen]);
    } else {
      round.push(seen);
    }
  }
  return rounds;
}

/** All charts of a run. */
export function allCharts(run: Run): Piece[] {
  return [
    throughput(run),
    latency(run),
    success(run),
    drawn("Connections", "short", [line(run, "open", ({ connections }) => connections)]),
    drawn("Processors", "short", processors(run.usage)),
    drawn("Memory of each container, MB", "short", memory(run.usage)),
  ].filter((chart) => chart !== none);
}

/** The readings of each container, by its component, with a number where there are several of it. */
function containersOf(usage: readonly Usage[]): [string, Usage[]][] {
  const components = Map.groupBy(usage, ({ component }) => component);
  return [...components].flatMap(([component, all]) => {
    const containers = [...Map.groupBy(all, ({ container }) => container).values()];
    return containers.map((seen, index): [string, Usage[]] => [
      containers.length === 1 ? component : `${component} ${index + 1}`,
      seen,
    ]);
  });
}

function memory(usage: readonly Usage[]): Line[] {
  return containersOf(usage).map(([name, seen]) => ({
    name,
    points: seen.map(({ time, memory }) => [time, memory / 1e6]),
  }));
}

/** Below this distance of two readings, in milliseconds, a rate is noise. */
const shortest = 1000;

/** From one reading of a container's processor time to the next. */
function processors(usage: readonly Usage[]): Line[] {
  return containersOf(usage).map(([name, seen]) => ({
    name,
    points: seen.slice(1).flatMap((after, index) => {
      const before = seen[index];
      if (before === undefined || after.time - before.time < shortest || after.cpuSeconds < before.cpuSeconds) {
        return [];
      }
      return [[after.time, (after.cpuSeconds - before.cpuSeconds) / ((after.time - before.time) / 1000)]];
    }),
  }));
}
