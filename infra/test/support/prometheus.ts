import { PrometheusClient, type Sample } from "../../../prometheus/client.ts";
import { exported } from "../../../prometheus/exported.ts";

/** Asks Prometheus' HTTP API. @throws where it does not answer with a vector */
export const query = (prometheusUrl: string, expression: string): Promise<Sample[]> =>
  new PrometheusClient(prometheusUrl).query(expression);

/** Names of the alerts that fire. */
export const firing = async (prometheusUrl: string): Promise<string[]> =>
  (await query(prometheusUrl, `${exported.alerts}{alertstate="firing"}`)).map(({ labels }) => labels.alertname ?? "");

/** How many targets of each job there are, and how many of them are up. */
export async function targets(prometheusUrl: string): Promise<Record<string, { up: number; of: number }>> {
  const jobs: Record<string, { up: number; of: number }> = {};
  for (const { labels, value } of await query(prometheusUrl, exported.up)) {
    const job = labels.job ?? "";
    const { up, of } = jobs[job] ?? { up: 0, of: 0 };
    jobs[job] = { up: up + value, of: of + 1 };
  }
  return jobs;
}
