import { mean } from "simple-statistics";
import { escapeHtml } from "../../grafana/pictures/html.ts";
import { loadWasTheLimit, memoryHolders, memoryLimits, mostOf } from "../checks.ts";
import { pairMet } from "../compare.ts";
import { totals } from "../load/plan.ts";
import { type BenchResult, metOf, type ScenarioResult, type Step } from "../result.ts";
import { arrivalEveryMs, promisedMs } from "../scenarios/catalogue.ts";
import { megabytes, slowest, successOf, time, whole } from "./format.ts";
import { heights, mark, none, type Piece, row } from "./page.ts";

/** The summary of a run: what limited it, every scenario, the references and the memory. */
export function overview(result: BenchResult, charts: Piece = none): Piece[] {
  return [limits(result), scenarioTable(result), charts, cards(result)];
}

/** What a reader of any figure must know: where the load itself was the limit, and what could not be measured. */
function limits({ scenarios, checks, warnings }: BenchResult): Piece {
  const busy = scenarios.filter(({ steps }) => steps.some(loadWasTheLimit)).map(({ name }) => name);
  const missing = [...scenarios, { name: "the run", checks }].flatMap(({ name, checks }) =>
    checks.some(({ met }) => met === null)
      ? [`${name} (${checks.flatMap(({ what, met }) => (met === null ? [what] : [])).join("; ")})`]
      : [],
  );
  const lines = [
    ...warnings,
    ...(busy.length === 0
      ? []
      : [
          `The load's own thread had no time left in ${busy.join(", ")}: there the servers could do more, and latencies are partly the load's own.`,
        ]),
    ...(missing.length === 0 ? [] : [`Not measured here: ${missing.join(", ")}.`]),
  ];
  const html = lines.map((text) => `<p class="limit">${escapeHtml(text)}</p>`).join("");
  return { html, height: lines.reduce((total, text) => total + 10 + 20 * Math.ceil(text.length / lineLength), 0) };
}

/** Characters that fit into the page's width. */
const lineLength = 150;

/** What the last columns are for users of each kind. */
const sections = {
  closed: {
    title: "as fast as they can",
    columns: ["original's success", "original's requests/s", "ours : original's"],
    cells: ({ original }: ScenarioResult, step: Step) =>
      original === null
        ? ["", "", ""]
        : [
            `${(original.success * 100).toFixed(1)} %`,
            original.perSecond.toFixed(1),
            `${(totals(step.result).perSecond / original.perSecond).toFixed(0)} ×`,
          ],
  },
  open: {
    title: `one request in ${arrivalEveryMs / 1000} s each`,
    columns: Object.entries(promisedMs).map(([name, ms]) => `${name} p95 < ${ms} ms`),
    cells: (_: ScenarioResult, { result }: Step) =>
      Object.entries(promisedMs).map(([name, most]) => {
        const p95 = result.shares.find((share) => share.name === name)?.latency.p95;
        return p95 === undefined ? "" : `<span class="${p95 < most ? "met" : "missed"}">${time(p95)}</span>`;
      }),
  },
} as const;

/** One table of all scenarios, those of each kind of users below a head of their own. */
function scenarioTable({ scenarios }: BenchResult): Piece {
  const speeds = scenarios.flatMap(({ kind, steps }) =>
    kind === "closed" ? steps.map(({ result }) => totals(result).perSecond) : [],
  );
  const most = Math.max(1, ...speeds);
  const rows = (["closed", "open"] as const).flatMap((kind) => {
    const those = scenarios.filter((scenario) => scenario.kind === kind);
    if (those.length === 0) {
      return [];
    }
    const { title, columns } = sections[kind];
    const head = [
      `<b>${title}</b>`,
      "users",
      "success",
      "requests/s",
      "p50",
      "p95",
      "p99",
      ...columns.map(escapeHtml),
      "",
    ];
    return [row("th", head), ...those.flatMap((scenario) => scenarioRows(scenario, most))];
  });
  return { html: `<table class="overview">${rows.join("")}</table>`, height: rows.length * heights.row + 16 };
}

function scenarioRows(scenario: ScenarioResult, most: number): string[] {
  const { title, kind, steps, checks } = scenario;
  const met = mark(metOf(checks));
  if (steps.length === 0) {
    const reason = checks.find((check) => check.met === false)?.value ?? "stopped before it began";
    return [
      `<tr><td>${escapeHtml(title)}</td><td colspan="9">did not run: ${escapeHtml(reason)}</td><td>${met}</td></tr>`,
    ];
  }
  return steps.map((step) => {
    const { perSecond } = totals(step.result);
    // The arrival rate is constant, so that there is nothing to compare.
    const bar =
      kind === "open" ? "" : `<span class="bar" style="width: ${Math.round((perSecond / most) * 70)}px"></span>`;
    return row("td", [
      escapeHtml(step.label === "" ? title : `${title}: ${step.label}`),
      whole(step.users),
      successOf(step),
      `${bar}${whole(perSecond)}`,
      ...(["p50", "p95", "p99"] as const).map((which) => time(slowest(step, which))),
      ...sections[kind].cells(scenario, step),
      met,
    ]);
  });
}

/** The ratios to the references, and the highest memory of all scenarios, each beside its threshold. */
function cards({ scenarios, comparison }: BenchResult): Piece {
  const ofPairs = (comparison?.pairs ?? []).map((pair) => ({
    value: `${pair.ratio.toFixed(2)} ×`,
    met: pairMet(pair),
    lines: [
      `${pair.name}, >= ${pair.least.toFixed(2)}`,
      `${whole(mean(pair.stack.perSecond))} of ${whole(mean(pair.reference.perSecond))} requests/s`,
    ],
  }));
  const perScenario = scenarios.flatMap(({ usage }) => (usage.length === 0 ? [] : [mostOf(usage)]));
  const mostUsers = Math.max(0, ...scenarios.map(({ users }) => users));
  const ofMemory = (perScenario.length === 0 ? [] : memoryHolders).map((holder) => {
    const most = Math.max(...perScenario.map((memory) => memory[holder]));
    return {
      value: megabytes(most),
      met: most < memoryLimits[holder],
      lines: [`${holder}, < ${megabytes(memoryLimits[holder])}`, `at most, up to ${whole(mostUsers)} users`],
    };
  });
  const all = [...ofPairs, ...ofMemory];
  if (all.length === 0) {
    return none;
  }
  const html = all.map(
    ({ value, met, lines }) =>
      `<div><b>${escapeHtml(value)} ${mark(met)}</b>${lines.map(escapeHtml).join("<br>")}</div>`,
  );
  return { html: `<div class="cards">${html.join("")}</div>`, height: 108 };
}
