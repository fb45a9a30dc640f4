/** The few forms that queries of the boards have, so that a query says only what is its own. */

/** Change of a counter a second; Grafana picks the window that fits its resolution and the scrape interval. */
export const rate = (selector: string) => `rate(${selector}[$__rate_interval])`;

const by = (labels: readonly string[]) => (labels.length === 0 ? "" : ` by (${labels.join(", ")})`);

/** The same, added up by these labels. */
export const sumRate = (selector: string, ...labels: string[]) => `sum${by(labels)} (${rate(selector)})`;

/** The value that this share of a histogram's observations does not pass, by these labels. */
export const quantile = (share: number, histogram: string, selector: string, ...labels: string[]) =>
  `histogram_quantile(${share}, ${sumRate(`${histogram}_bucket{${selector}}`, "le", ...labels)})`;

/** The mean of a histogram's or summary's observations, by these labels. */
export const mean = (metric: string, selector: string, ...labels: string[]) =>
  `${sumRate(`${metric}_sum{${selector}}`, ...labels)} / ${sumRate(`${metric}_count{${selector}}`, ...labels)}`;
