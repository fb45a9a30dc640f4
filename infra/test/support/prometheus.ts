import assert from "node:assert/strict";

/** One sample of an instant query: its labels and its value. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
}

interface VectorAnswer {
  data: { resultType: "vector"; result: { metric: Record<string, string>; value: [number, string] }[] };
}

/** Asks Prometheus' HTTP API. @throws where it does not answer with a vector */
export async function query(prometheusUrl: string, expression: string): Promise<Sample[]> {
  const response = await fetch(`${prometheusUrl}/api/v1/query?query=${encodeURIComponent(expression)}`);
  const body: unknown = await response.json();
  assert.ok(isVector(body), JSON.stringify(body));
  return body.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

const isVector = (body: unknown): body is VectorAnswer =>
  typeof body === "object" &&
  body !== null &&
  "data" in body &&
  typeof body.data === "object" &&
  body.data !== null &&
  "resultType" in body.data &&
  body.data.resultType === "vector";

/** Names of the alerts that fire. */
export const firing = async (prometheusUrl: string): Promise<string[]> =>
  (await query(prometheusUrl, 'ALERTS{alertstate="firing"}')).map(({ labels }) => labels.alertname ?? "");

/** How many targets of each job there are, and how many of them are up. */
export async function targets(prometheusUrl: string): Promise<Record<string, { up: number; of: number }>> {
  const jobs: Record<string, { up: number; of: number }> = {};
  for (const { labels, value } of await query(prometheusUrl, "up")) {
    const job = labels.job ?? "";
    const { up, of } = jobs[job] ?? { up: 0, of: 0 };
    jobs[job] = { up: up + value, of: of + 1 };
  }
  return jobs;
}
