import { escapeHtml } from "../../grafana/pictures/html.ts";
import { type Comparison, openModelMet } from "../compare.ts";
import { failedOf } from "../load/plan.ts";
import type { BenchResult, Check, ScenarioResult, Step } from "../result.ts";
import { allCharts } from "./charts.ts";
import { baselineCells, normalised, pairRows } from "./comparison.ts";
import { closedLoopNote, markOf, time, whole } from "./format.ts";
import { overview } from "./overview.ts";
import { mark, page, row, textTable } from "./page.ts";

/** The whole run as a page that needs nothing else. */
export function reportPage(result: BenchResult): string {
  return page(result, [
    ...overview(result).map(({ html }) => html),
    result.checks.length === 0 ? "" : checkTable(result.checks),
    result.comparison === null ? "" : renderComparison(result.comparison),
    renderBaseline(result),
    ...result.scenarios.map(renderScenario),
    renderFacts(result),
  ]);
}

/** The stack against the least that could answer in its place, and users at their own pace. */
function renderComparison({ engine, effort, pairs, openModel }: Comparison): string {
  const goals = openModel.map((goal) => [
    goal.name,
    whole(goal.requests),
    whole(goal.failed),
    ...[goal.p50, goal.p95, goal.p99, goal.max].map(time),
    `< ${goal.p95Ms} ms`,
    markOf(openModelMet(goal)),
  ]);
  const goalsHead = ["at their own pace", "requests", "failed", "p50", "p95", "p99", "max", "p95 target", ""];
  return `<h2>Against references</h2>
<p>In the same run, in turns: ${effort.connections} connections, ${effort.rounds} × ${effort.seconds} s each, requests/s, load by ${escapeHtml(engine)}; then ${effort.users} users with a request each every ${effort.everyMs / 1000} s.</p>
${textTable(pairRows(pairs))}
${textTable([goalsHead, ...goals])}`;
}

function renderBaseline({ baseline }: BenchResult): string {
  if (baseline === null) {
    return "";
  }
  const { rows, ratios } = baselineCells(baseline);
  return `<h2>Against the run of ${escapeHtml(baseline.startedAt)}</h2>
<p>${escapeHtml(normalised(baseline))}</p>
${textTable(rows)}
${baseline.ratios.length === 0 ? "" : textTable(ratios)}`;
}

function renderScenario(scenario: ScenarioResult): string {
  const { name, title, kind, users, checks, notes, steps } = scenario;
  return `<h2>${escapeHtml(title)}</h2>
<p>${escapeHtml(name)}: ${whole(users)} users, ${kind === "closed" ? "each asks again as soon as it is answered" : "each at its own pace"}. ${notes.map(escapeHtml).join(" ")}</p>
${kind === "closed" ? `<p>${escapeHtml(closedLoopNote)}</p>` : ""}
${checkTable(checks)}
${steps.map(shares).join("")}
<div class="charts">${allCharts(scenario)
    .map(({ html }) => html)
    .join("")}</div>`;
}

function checkTable(checks: readonly Check[]): string {
  return `<table>${row("th", ["target", "measured", "wanted", ""])}${checks.map(renderCheck).join("")}</table>`;
}

function renderCheck({ what, value, threshold, met }: Check) {
  return row("td", [escapeHtml(what), escapeHtml(value), escapeHtml(threshold), mark(met)]);
}

function shares({ label, result }: Step): string {
  if (result.shares.length < 2) {
    return "";
  }
  const rows = result.shares.map(({ name, users, requests, failures, latency }) => [
    name,
    whole(users),
    whole(requests),
    whole(failedOf(failures)),
    ...[latency.p50, latency.p95, latency.p99, latency.max].map(time),
  ]);
  return textTable([[label || "page", "users", "requests", "failed", "p50", "p95", "p99", "max"], ...rows]);
}

/** All that was known before the run, as it is in the result's file. */
function renderFacts({ url, command, commit, machine, load, stack }: BenchResult): string {
  const facts = { url, command, commit, machine, load, stack };
  return `<h2>How it was measured</h2><pre>${escapeHtml(JSON.stringify(facts, null, 2))}</pre>`;
}
