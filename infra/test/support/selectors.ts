import assert from "node:assert/strict";

/** The vector selectors of an expression, told by Prometheus' own parser, each as an expression of its own. */
export async function selectorsIn(prometheusUrl: string, expression: string): Promise<string[]> {
  const parameters = new URLSearchParams({ query: expression });
  const response = await fetch(`${prometheusUrl}/api/v1/parse_query`, { method: "POST", body: parameters });
  const body: unknown = await response.json();
  assert.equal(response.status, 200, JSON.stringify(body));
  return [...found(body)];
}

/** Walks the tree, whatever kinds of nodes it has: a selector is what has matchers. */
function* found(node: unknown): Generator<string> {
  if (typeof node !== "object" || node === null) {
    return;
  }
  if ("matchers" in node && Array.isArray(node.matchers)) {
    const matchers = node.matchers.map(({ name, type, value }) => `${name}${type}${JSON.stringify(value)}`);
    yield `{${matchers.join(",")}}`;
  }
  for (const child of Object.values(node)) {
    yield* found(child);
  }
}
