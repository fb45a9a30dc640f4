import { HeatmapChart, LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, VisualMapComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { format, isBinary } from "./format.ts";

use([HeatmapChart, LineChart, GridComponent, MarkLineComponent, VisualMapComponent, SVGRenderer]);

export interface Line {
  name: string;
  /** Time in milliseconds since 1970, and the value then; not finite where there is none. */
  points: readonly (readonly [number, number])[];
}

/** Something that happened at a time, for a line across a chart. */
export interface Mark {
  time: number;
  name: string;
  color: string;
}

interface ChartFacts {
  /** In pixels. */
  width: number;
  height: number;
  unit: string;
  lines: readonly Line[];
  /** What the time axis shows, in milliseconds since 1970. */
  from: number;
  to: number;
}

export interface LineChartFacts extends ChartFacts {
  /** Where the axis of values ends; without it at the highest value, or above. */
  max?: number | undefined;
  stacked?: boolean;
  /** Values to draw a dashed line at. */
  limits?: readonly { value: number; color: string }[];
  marks?: readonly Mark[];
}

export const colors = {
  page: "#111217",
  panel: "#181b1f",
  border: "#2c3235",
  text: "#ccccdc",
  faint: "#8e8e9a",
  lines: ["#73bf69", "#f2cc0c", "#5794f2", "#ff9830", "#f2495c", "#b877d9", "#8ab8ff", "#ffa6b0", "#96d98d", "#ca95e5"],
};

/** The color of a chart's line, for its legend. */
export function lineColor(index: number): string {
  return colors.lines[index % colors.lines.length] ?? colors.text;
}

function twoDigits(value: number) {
  return String(value).padStart(2, "0");
}
function clock(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(":");
}

const axisStyle = {
  axisLine: { lineStyle: { color: colors.border } },
  axisLabel: { color: colors.faint, fontSize: 11, hideOverlap: true },
  splitLine: { lineStyle: { color: colors.border } },
};

/** What the axis of time and the room above the lines take, in pixels. */
const axisHeight = 44;

const markFontSize = 10;

/** As much of a name as fits into so many pixels; a letter is a little more than half as wide as high. */
function shortened(name: string, pixels: number): string {
  const fit = Math.max(Math.floor(pixels / (0.6 * markFontSize)), 5);
  return name.length <= fit ? name : `${name.slice(0, fit - 1)}…`;
}

/** Where the lines are drawn: the axes' labels lie outside of it, and all in the picture. */
const plot = { left: 12, right: 26, top: 14, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" };

function render(width: number, height: number, option: EChartsCoreOption): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({ animation: false, textStyle: { color: colors.text, fontFamily: "sans-serif" }, ...option });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** About as many steps as an axis of values has. */
const axisSteps = 5;

/** Steps of bytes are powers of two: 64 MiB, not 61 MiB. */
function binarySteps(lines: readonly Line[], stacked: boolean) {
  const atTime = new Map<number, number>();
  for (const [time, value] of lines.flatMap(({ points }) => points)) {
    if (!Number.isFinite(value)) {
      continue;
    }
    const before = atTime.get(time) ?? 0;
    atTime.set(time, stacked ? before + value : Math.max(before, value));
  }
  const highest = Math.max(...atTime.values(), 1);
  const interval = 2 ** Math.ceil(Math.log2(highest / axisSteps));
  return { interval, max: Math.ceil(highest / interval) * interval };
}

/** Lines over time as SVG. */
export function lineChart({
  width,
  height,
  unit,
  lines,
  from,
  to,
  stacked = false,
  max,
  limits = [],
  marks = [],
}: LineChartFacts) {
  const acrossTime = marks.map(({ time, name, color }) => ({
    xAxis: time,
    lineStyle: { color, type: "solid", width: 1 },
    label: {
      formatter: shortened(name, height - axisHeight),
      color,
      fontSize: markFontSize,
      position: "insideEndTop",
      // On a ground of its own, as what it lies on would make it hard to read.
      backgroundColor: `${colors.panel}c0`,
      padding: 2,
    },
  }));
  const acrossValues = limits.map(({ value, color }) => ({
    yAxis: value,
    lineStyle: { color, type: "dashed" },
    label: { show: false },
  }));
  return render(width, height, {
    color: colors.lines,
    grid: plot,
    xAxis: { type: "time", min: from, max: to, ...axisStyle, splitLine: { show: false } },
    yAxis: {
      type: "value",
      min: 0,
      ...(max === undefined ? {} : { max }),
      ...(isBinary(unit) ? binarySteps(lines, stacked) : {}),
      ...axisStyle,
      axisLabel: { ...axisStyle.axisLabel, formatter: (value: number) => format(value, unit) },
    },
    series: lines.map(({ name, points }, index) => ({
      type: "line",
      name,
      showSymbol: points.length < 2,
      symbolSize: 4,
      lineStyle: { width: 1.5 },
      areaStyle: { opacity: stacked ? 0.4 : 0.08 },
      ...(stacked ? { stack: "all" } : {}),
      data: points.map(([time, value]) => [time, Number.isFinite(value) ? value : null]),
      ...(index === 0 ? { markLine: { symbol: "none", silent: true, data: [...acrossTime, ...acrossValues] } } : {}),
    })),
  });
}

/** How many fell into each bucket over time, as SVG. A line is a bucket, named by its upper bound; all have the same times. */
export function heatmapChart({ width, height, unit, lines }: Omit<ChartFacts, "from" | "to">) {
  const buckets = lines
    .map(({ name, points }) => ({ bound: name === "+Inf" ? Number.POSITIVE_INFINITY : Number(name), points }))
    .sort((one, other) => one.bound - other.bound);
  const times = lines[0]?.points.map(([time]) => time) ?? [];
  // Buckets hold all that is below their bound: what fell into one is the difference to the one before.
  const cells = times.flatMap((time, x) => {
    let below = 0;
    return buckets.flatMap(({ points }, y) => {
      const upTo = points.find(([at]) => at === time)?.[1] ?? below;
      const within = Math.max(upTo - below, 0);
      below = Math.max(upTo, below);
      return within > 0 ? [[x, y, within] as const] : [];
    });
  });
  return render(width, height, {
    grid: plot,
    xAxis: { type: "category", data: times.map(clock), ...axisStyle },
    yAxis: {
      type: "category",
      data: buckets.map(({ bound }) => (Number.isFinite(bound) ? format(bound, unit) : "more")),
      ...axisStyle,
    },
    visualMap: {
      show: false,
      min: 0,
      max: Math.max(...cells.map(([, , rate]) => Math.sqrt(rate)), 1),
      dimension: 2,
      inRange: { color: ["#3b1f08", "#a8480a", "#ff9830", "#ffe0b2"] },
    },
    series: [
      { type: "heatmap", data: cells.map(([x, y, rate]) => [x, y, Math.sqrt(rate)]), itemStyle: { borderWidth: 0 } },
    ],
  });
}
