/** The few forms that queries of the boards have, so that a query says only what is its own. */

/** Change of a counter a second; Grafana picks the window that fits its resolution and the scrape interval. */
export const rate = (selector: string) => `rate(${selector}[$__rate_interval])`;

/** Series added up by these labels. */
export const sumBy = (expr: string, ...labels: string[]) =>
  `sum${labels.length === 0 ? "" : ` by (${labels.join(", ")})`} (${expr})`;

/** Change of counters a second, added up by these labels. */
export const sumRate = (selector: string, ...labels: string[]) => sumBy(rate(selector), ...labels);
