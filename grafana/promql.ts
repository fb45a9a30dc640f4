/** Common forms of the boards' queries. */

/** Change of a counter a second; Grafana picks the window that fits its resolution and the scrape interval. */
export function rate(selector: string) {
  return `rate(${selector}[$__rate_interval])`;
}

/** Series added up by these labels. */
export function sumBy(expr: string, ...labels: string[]) {
  return `sum${labels.length === 0 ? "" : ` by (${labels.join(", ")})`} (${expr})`;
}

/** Change of counters a second, added up by these labels. */
export function sumRate(selector: string, ...labels: string[]) {
  return sumBy(rate(selector), ...labels);
}
