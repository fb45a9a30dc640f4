/** One sample of an instant query: its labels and its value. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
}

/** One line of a range query. */
export interface Series {
  labels: Record<string, string>;
  /** Time in milliseconds since 1970, and the value then. */
  points: [number, number][];
}

/** From when to when in milliseconds since 1970, and how far apart the points are, in seconds. */
export interface Range {
  from: number;
  to: number;
  stepSeconds: number;
}

type Pair = [number, string];

/** Posts a form to a path of Prometheus. */
export type Post = (path: string, form: string) => Promise<{ status: number; text: string }>;

function postTo(url: string): Post {
  return async (path, form) => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const response = await fetch(`${url}${path}`, { method: "POST", headers, body: form });
    return { status: response.status, text: await response.text() };
  };
}

/** The parts of Prometheus' HTTP API that this project uses. */
export class PrometheusClient {
  readonly #post: Post;

  /** @param server its address without a trailing slash, or a function that posts to it where it has no address */
  constructor(server: string | Post) {
    this.#post = typeof server === "string" ? postTo(server) : server;
  }

  /** Evaluates an expression now. @throws {Error} when the response is not a vector */
  async query(expression: string): Promise<Sample[]> {
    const result = await this.#ask("query", { query: expression }, "vector");
    return result.map((entry) => ({ labels: labelsOf(entry), value: Number(pairIn(entry.value)[1]) }));
  }

  /** Evaluates an expression over time. @throws {Error} when the response is not a matrix */
  async queryRange(expression: string, { from, to, stepSeconds }: Range): Promise<Series[]> {
    const times = { start: String(from / 1000), end: String(to / 1000), step: String(stepSeconds) };
    const result = await this.#ask("query_range", { query: expression, ...times }, "matrix");
    return result.map((entry) => ({
      labels: labelsOf(entry),
      points: (Array.isArray(entry.values) ? entry.values : []).map((pair: unknown) => {
        const [seconds, value] = pairIn(pair);
        return [seconds * 1000, Number(value)];
      }),
    }));
  }

  async #ask(path: string, parameters: Record<string, string>, kind: string): Promise<Record<string, unknown>[]> {
    const { status, text } = await this.#post(`/api/v1/${path}`, new URLSearchParams(parameters).toString());
    const body: unknown = parseJson(text);
    if (!isRecord(body) || !isRecord(body.data) || body.data.resultType !== kind || !Array.isArray(body.data.result)) {
      throw new Error(`Prometheus answered ${status} to ${parameters.query}: ${text.slice(0, 500)}`);
    }
    return body.data.result.filter(isRecord);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not Prometheus, or a proxy's error page; the caller shows the text.
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function labelsOf({ metric }: Record<string, unknown>): Record<string, string> {
  return isRecord(metric)
    ? Object.fromEntries(Object.entries(metric).map(([name, value]) => [name, String(value)]))
    : {};
}

function pairIn(value: unknown): Pair {
  return Array.isArray(value) ? [Number(value[0]), String(value[1])] : [Number.NaN, "NaN"];
}
