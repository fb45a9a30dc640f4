import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Sample, Series } from "../../prometheus/client.ts";
import { dashboards } from "../dashboards/index.ts";
import { labelsInLegend, panelsOf } from "../model.ts";
import { lineChart } from "../pictures/charts.ts";
import { format } from "../pictures/format.ts";
import { boardPage } from "../pictures/page.ts";
import { fillBoard } from "../pictures/read.ts";

const range = { from: 1_700_000_000_000, to: 1_700_000_060_000, stepSeconds: 5 };

/** Has one series for each query, with every label that a legend may show. */
class FakePrometheus {
  readonly labels: Record<string, string>;
  readonly asked: string[] = [];

  constructor(labels: Record<string, string>) {
    this.labels = labels;
  }

  async query(expr: string): Promise<Sample[]> {
    this.asked.push(expr);
    return [{ labels: this.labels, value: 0.5 }];
  }

  async queryRange(expr: string): Promise<Series[]> {
    this.asked.push(expr);
    const points = Array.from({ length: 13 }, (_, index): [number, number] => [range.from + index * 5000, index]);
    return [{ labels: this.labels, points }];
  }
}

const allLabels = Object.fromEntries(
  Object.values(dashboards)
    .flatMap((build) => panelsOf(build()))
    .flatMap(({ queries }) => queries.flatMap(({ legend }) => labelsInLegend(legend)))
    .map((label) => [label, label === "le" ? "0.5" : `<${label}>`]),
);

describe("pictures of the boards", () => {
  for (const [name, build] of Object.entries(dashboards)) {
    test(`${name}: every panel is drawn, inside of the picture, and what metrics say is no markup`, async () => {
      const board = build();
      const prometheus = new FakePrometheus(allLabels);
      const { html, width, height } = boardPage(await fillBoard(board, prometheus, range), range);
      const panels = panelsOf(board);
      for (const { title, place } of panels) {
        assert.ok(html.includes(`>${title.replace("&", "&amp;")}<`), title);
        assert.ok(place.x + place.w <= 24, title);
      }
      const charts = panels.filter(({ kind }) => kind === "timeseries" || kind === "heatmap");
      assert.equal(html.match(/<svg /g)?.length, charts.length);
      assert.ok(width > 1000 && height > 500);
      for (const label of Object.values(allLabels)) {
        assert.ok(label === "0.5" || !html.includes(label), label);
      }
      for (const expr of prometheus.asked) {
        assert.doesNotMatch(expr, /\$/);
      }
    });
  }

  test("a board without data says so", async () => {
    const nothing = { query: async () => [], queryRange: async () => [] };
    const { html } = boardPage(await fillBoard(dashboards.overview?.() ?? assert.fail(), nothing, range), range);
    assert.match(html, /No data in this time/);
    assert.doesNotMatch(html, /NaN|undefined/);
  });

  test("two panels never lie on one another", () => {
    for (const [name, build] of Object.entries(dashboards)) {
      const taken = new Set<string>();
      for (const { title, place } of panelsOf(build())) {
        for (let x = place.x; x < place.x + place.w; x++) {
          for (let y = place.y; y < place.y + place.h; y++) {
            assert.ok(!taken.has(`${x},${y}`), `${name}: ${title}`);
            taken.add(`${x},${y}`);
          }
        }
      }
    }
  });
});

test("numbers for people", () => {
  const cases: [number, string, string][] = [
    [0.99951, "percentunit", "99.95 %"],
    [0.123_456, "percentunit", "12.35 %"],
    [0.000_25, "s", "250 µs"],
    [0.0123, "s", "12.3 ms"],
    [2, "s", "2 s"],
    [17_234, "reqps", "17.2 k req/s"],
    [0, "reqps", "0 req/s"],
    [123_456_789, "bytes", "118 MiB"],
    [512, "binBps", "512 B/s"],
    [4, "short", "4"],
    [Number.NaN, "short", "none"],
  ];
  for (const [value, unit, text] of cases) {
    assert.equal(format(value, unit), text);
  }
  assert.equal(format(0.999_951, "percentunit", 3), "99.995 %");
  assert.equal(format(1, "percentunit", 3), "100.000 %");
});

test("bytes have round steps of their own", () => {
  const points = [0, 1, 2].map((index): [number, number] => [range.from + index * 5000, 238 * 1024 ** 2]);
  const svg = lineChart({ ...range, width: 600, height: 200, unit: "bytes", lines: [{ name: "used", points }] });
  for (const step of ["64 MiB", "128 MiB", "192 MiB", "256 MiB"]) {
    assert.ok(svg.includes(`>${step}<`), step);
  }
});

test("what happened is named along its line, and no longer than there is room", () => {
  const points = [0, 1].map((index): [number, number] => [range.from + index * 5000, 1]);
  const marks = [{ time: range.from + 5000, name: "ErrorBudgetBurnsSlowly", color: "red" }];
  const drawn = (height: number) =>
    lineChart({ ...range, width: 600, height, unit: "short", lines: [{ name: "used", points }], marks });
  assert.ok(drawn(240).includes(">ErrorBudgetBurnsSlowly<"));
  assert.match(drawn(110), />ErrorBudge…</);
});

test("a share of a limit is drawn up to the limit", () => {
  const points = [0, 1, 2].map((index): [number, number] => [range.from + index * 5000, 0.002]);
  const facts = { ...range, width: 600, height: 200, unit: "percentunit", lines: [{ name: "used", points }] };
  assert.ok(lineChart({ ...facts, max: 1 }).includes(">100 %<"));
  assert.ok(!lineChart(facts).includes(">100 %<"));
});

test("a legend names as many lines as there is room for, and says how many more there are", async () => {
  const many = Array.from({ length: 30 }, (_, index): Series => {
    const points = [0, 1, 2].map((step): [number, number] => [range.from + step * 5000, index]);
    return { labels: { ...allLabels, cmd: `command-${index}` }, points };
  });
  const commands = async (count: number): Promise<string> => {
    const prometheus = { query: async () => [], queryRange: async () => many.slice(0, count) };
    return boardPage(await fillBoard(dashboards.redis?.() ?? assert.fail(), prometheus, range), range).html;
  };
  const all = await commands(23);
  for (let index = 0; index < 23; index++) {
    assert.ok(all.includes(`>command-${index}<`), String(index));
  }
  assert.match(await commands(30), /and 7 more/);
});
