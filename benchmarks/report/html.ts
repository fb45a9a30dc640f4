import { colors, type Line, lineChart, lineColor } from "../../grafana/pictures/charts.ts";
import { format } from "../../grafana/pictures/format.ts";
import { escapeHtml } from "../../grafana/pictures/html.ts";
import type { Page } from "../../toolchain/lib/screenshot.ts";
import type { Comparison } from "../compare.ts";
import { failedOf, sum } from "../load/plan.ts";
import { describeMachine } from "../machine.ts";
import { allMet, type BenchResult, type Check, type ScenarioResult, type Step } from "../result.ts";
import type { Usage } from "../watch/containers.ts";
import { successOf } from "./terminal.ts";

const width = 1240;
const chart = { width: 600, height: 220 };

const whole = (value: number) => Math.round(value).toLocaleString("en");
const time = (ms: number) => format(ms / 1000, "s");

const row = (tag: "th" | "td", cells: readonly string[]) =>
  `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;

/** The whole run as a page that needs nothing else. */
export const reportPage = (result: BenchResult, loadBy: string): string =>
  page(result, loadBy, [headline(result), ...result.scenarios.map(renderScenario)]);

/** Its first part as a picture: verdict, the original's table, all scenarios. */
export function summaryPicture(result: BenchResult, loadBy: string): Page {
  const rows = result.scenarios.reduce((total, { steps }) => total + steps.length, 0);
  const references = result.comparison === null ? 0 : 60 + result.comparison.pairs.length * 29;
  return { html: page(result, loadBy, [headline(result)]), width: width + 60, height: 150 + rows * 28 + references };
}

function page(result: BenchResult, loadBy: string, parts: readonly string[]): string {
  const met = allMet(result);
  const verdict = result.stopped ? "Stopped before its end" : met ? "All targets are met" : "Not all targets are met";
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Benchmark: ${verdict}</title>
<style>
body { margin: 0 auto; padding: 24px 30px; width: ${width}px; background: ${colors.page}; color: ${colors.text}; font: 14px sans-serif; }
h1 { font-size: 24px; margin: 0 0 6px; } h1 b { color: ${met ? "#73bf69" : "#f2495c"}; }
h2 { font-size: 18px; margin: 40px 0 8px; border-top: 1px solid ${colors.border}; padding-top: 18px; }
h3 { font-size: 13px; margin: 0; padding: 8px 10px 0; }
p { color: ${colors.faint}; margin: 4px 0 14px; }
table { border-collapse: collapse; margin: 10px 0; }
th, td { text-align: right; padding: 5px 9px; border-bottom: 1px solid ${colors.border}; white-space: nowrap; }
th { color: ${colors.faint}; font-weight: 600; } th:first-child, td:first-child { text-align: left; }
.bar { display: inline-block; height: 10px; background: #5794f2; border-radius: 2px; margin-right: 8px; }
.met { color: #73bf69; } .missed { color: #f2495c; font-weight: 600; }
.charts { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
.charts > div { background: ${colors.panel}; border: 1px solid ${colors.border}; border-radius: 3px; padding-bottom: 8px; }
.legend { font-size: 11px; padding: 0 12px; } .legend span { margin-right: 14px; } .legend i { display: inline-block; width: 14px; height: 4px; margin-right: 5px; vertical-align: middle; }
</style>
<h1>Benchmark: <b>${verdict}</b></h1>
<p>${escapeHtml(describeMachine(result.machine))}; load by ${escapeHtml(loadBy)}; ${escapeHtml(result.startedAt.slice(0, 16).replace("T", " "))} UTC</p>
${parts.join("\n")}
</html>
`;
}

function headline({ scenarios, comparison }: BenchResult): string {
  const all = scenarios.flatMap((scenario) => scenario.steps.map((step) => ({ scenario, step })));
  const most = Math.max(1, ...all.map(({ step }) => sum(step.result).perSecond));
  const cells = all.map(({ scenario, step }) => {
    const { perSecond } = sum(step.result);
    const { original } = scenario;
    const met = scenario.checks.every((check) => check.met);
    const bar = `<span class="bar" style="width: ${Math.round((perSecond / most) * 90)}px"></span>`;
    const p = (which: "p50" | "p95" | "p99") =>
      time(Math.max(...step.result.shares.map(({ latency }) => latency[which])));
    return row("td", [
      escapeHtml(step.label === "" ? scenario.title : `${scenario.title}, ${step.label}`),
      scenario.kind,
      whole(step.users),
      successOf(step),
      `${bar}${whole(perSecond)}`,
      p("p50"),
      p("p95"),
      p("p99"),
      original === null ? "" : `${(original.success * 100).toFixed(1)} %`,
      original === null ? "" : original.perSecond.toFixed(1),
      original === null ? "" : `${(perSecond / original.perSecond).toFixed(0)} ×`,
      mark(met),
    ]);
  });
  const head = [
    "scenario",
    "loop",
    "users",
    "success",
    "requests/s",
    "p50",
    "p95",
    "p99",
    "original's success",
    "its requests/s",
    "",
    "",
  ];
  return `<table>${row("th", head)}${cells.join("")}</table>${comparison === null ? "" : references(comparison)}`;
}

/** The stack against the least that could answer in its place. */
function references({ pairs }: Comparison): string {
  const mean = (values: readonly number[]) =>
    values.reduce((total, value) => total + value, 0) / Math.max(1, values.length);
  const rows = pairs.map(({ name, stack, reference, ratio, least }) =>
    row("td", [
      escapeHtml(name),
      whole(mean(stack.perSecond)),
      whole(mean(reference.perSecond)),
      ratio.toFixed(2),
      `>= ${least.toFixed(2)}`,
      mark(ratio >= least),
    ]),
  );
  return `<table>${row("th", ["in the same run, in turns", "stack", "reference", "ratio", "target", ""])}${rows.join("")}</table>`;
}

const mark = (met: boolean) => (met ? `<span class="met">✓</span>` : `<span class="missed">✗</span>`);

function renderScenario(scenario: ScenarioResult): string {
  const { name, title, kind, users, checks, notes, steps, usage } = scenario;
  return `<h2>${escapeHtml(title)}</h2>
<p>${escapeHtml(name)}: ${whole(users)} users, ${kind === "closed" ? "each asks again as soon as it is answered" : "each at its own pace"}. ${notes.map(escapeHtml).join(" ")}</p>
<table>${row("th", ["target", "measured", "wanted", ""])}${checks.map(renderCheck).join("")}</table>
${steps.map(shares).join("")}
<div class="charts">${renderCharts(steps, usage)}</div>`;
}

const renderCheck = ({ what, value, target, met }: Check) =>
  row("td", [escapeHtml(what), escapeHtml(value), escapeHtml(target), mark(met)]);

function shares({ label, result }: Step): string {
  if (result.shares.length < 2) return "";
  const rows = result.shares.map(({ name, users, requests, failures, latency }) =>
    row("td", [
      escapeHtml(name),
      whole(users),
      whole(requests),
      whole(failedOf(failures)),
      ...[latency.p50, latency.p95, latency.p99, latency.max].map(time),
    ]),
  );
  return `<table>${row("th", [escapeHtml(label || "page"), "users", "requests", "failed", "p50", "p95", "p99", "max"])}${rows.join("")}</table>`;
}

function renderCharts(steps: readonly Step[], usage: readonly Usage[]): string {
  const series = steps.flatMap(({ result }) => result.series);
  const times = [...series.map(({ time }) => time), ...usage.map(({ time }) => time)];
  if (series.length === 0) return "";
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const line = (name: string, value: (second: (typeof series)[number]) => number): Line => ({
    name,
    points: series.map((second) => [second.time, value(second)]),
  });
  const drawn = (title: string, unit: string, lines: readonly Line[]) =>
    lines.every(({ points }) => points.length === 0)
      ? ""
      : `<div><h3>${title}</h3>${lineChart({ ...chart, unit, lines, from, to })}<div class="legend">${lines
          .map(({ name }, index) => `<span><i style="background: ${lineColor(index)}"></i>${escapeHtml(name)}</span>`)
          .join("")}</div></div>`;
  return [
    drawn("Requests", "reqps", [line("answered", ({ requests }) => requests), line("failed", ({ failed }) => failed)]),
    drawn("Response time", "s", [
      line("p50", ({ p50 }) => p50 / 1000),
      line("p95", ({ p95 }) => p95 / 1000),
      line("p99", ({ p99 }) => p99 / 1000),
    ]),
    drawn("Processors", "short", processors(usage)),
    drawn("Memory", "bytes", memory(usage)),
  ].join("");
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

const memory = (usage: readonly Usage[]): Line[] =>
  containersOf(usage).map(([name, seen]) => ({ name, points: seen.map(({ time, memory }) => [time, memory]) }));

/** Two readings that are nearer to one another, in milliseconds, say nothing of a rate. */
const shortest = 1000;

/** From one reading of a container's processor time to the next. */
const processors = (usage: readonly Usage[]): Line[] =>
  containersOf(usage).map(([name, seen]) => ({
    name,
    points: seen.slice(1).flatMap((after, index) => {
      const before = seen[index];
      if (before === undefined || after.time - before.time < shortest || after.cpuSeconds < before.cpuSeconds)
        return [];
      return [[after.time, (after.cpuSeconds - before.cpuSeconds) / ((after.time - before.time) / 1000)]];
    }),
  }));
