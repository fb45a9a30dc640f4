import { dashboards } from "../../../grafana/dashboards/index.ts";
import { labelsInLegend, otherQueriesOf, type PanelQuery, panelsOf } from "../../../grafana/model.ts";
import { alerts } from "../../../prometheus/alerts.ts";
import { PrometheusClient, type Sample } from "../../../prometheus/client.ts";
import { burnWindows, failureRatio, recorded, slowRatio } from "../../../prometheus/names.ts";
import { selectorsIn } from "./selectors.ts";

type Board = ReturnType<(typeof dashboards)[keyof typeof dashboards]>;

export const boards = Object.entries(dashboards).map(([name, build]) => ({ name, board: build() }));

type Ask = (expr: string) => Promise<Sample[]>;

/** What is wrong with the answer to a query: nothing came, or a label that the legend shows is missing. */
async function complaint({ expr, legend }: PanelQuery, ask: Ask): Promise<string | undefined> {
  const samples = (await ask(expr)).filter(({ value }) => Number.isFinite(value));
  if (samples.length === 0) {
    return `no data: ${expr}`;
  }
  const missing = labelsInLegend(legend).filter((label) => samples.some(({ labels }) => !labels[label]));
  return missing.length === 0 ? undefined : `no label ${missing.join(", ")}: ${expr}`;
}

const complaints = async (queries: readonly PanelQuery[], ask: Ask) =>
  (await Promise.all(queries.map((query) => complaint(query, ask)))).filter((found) => found !== undefined);

const withoutLegend = (expr: string): PanelQuery => ({ expr, legend: "" });

/** What the queries of boards and rules get from a Prometheus that has watched a stack since a moment: complaints, none where all is well. */
export class Queries {
  readonly #url: string;
  readonly #prometheus: PrometheusClient;
  readonly #start: number;

  /** @param start in milliseconds */
  constructor(prometheusUrl: string, start: number) {
    this.#url = prometheusUrl;
    this.#prometheus = new PrometheusClient(prometheusUrl);
    this.#start = start;
  }

  now: Ask = (expr) => this.#prometheus.query(expr);

  /** All that a query gave since the start, one sample for each series: its last finite value. */
  sinceStart: Ask = async (expr) => {
    const series = await this.#prometheus.queryRange(expr, { from: this.#start, to: Date.now(), stepSeconds: 5 });
    return series.flatMap(({ labels, points }) => {
      const last = points.findLast(([, value]) => Number.isFinite(value));
      return last === undefined ? [] : [{ labels, value: last[1] }];
    });
  };

  /** Of these queries, asked now. */
  ofAll = (queries: readonly PanelQuery[]) => complaints(queries, this.now);

  ofRecorded = () =>
    this.ofAll(
      [...Object.values(recorded), ...burnWindows.flatMap((window) => [failureRatio(window), slowRatio(window)])].map(
        withoutLegend,
      ),
    );

  async ofBoard(board: Board): Promise<string[]> {
    const panels = panelsOf(board);
    const instant = panels.filter(({ kind }) => kind === "stat" || kind === "table");
    const lines = panels.filter((panel) => !instant.includes(panel));
    return [
      ...(await this.ofAll(instant.flatMap(({ queries }) => queries))),
      ...(await complaints([...lines.flatMap(({ queries }) => queries), ...otherQueriesOf(board)], this.sinceStart)),
    ];
  }

  /** Of every series that an alert looks at. */
  async ofAlerts(): Promise<string[]> {
    const jobs = [...new Set((await this.now("up")).map(({ labels }) => labels.job ?? ""))];
    const found = alerts({ jobs }).map(async ({ name, expr }) => {
      const selectors = await selectorsIn(this.#url, expr);
      if (selectors.length === 0) {
        return [`no selector: ${name}`];
      }
      return (await this.ofAll(selectors.map(withoutLegend))).map((text) => `${name}: ${text}`);
    });
    return (await Promise.all(found)).flat();
  }
}
