import type { TestEvent } from "node:test/reporters";

/** A reporter for `node --test` that writes how many tests passed and failed, as JSON. It ignores suites and skipped tests. */
export default async function* count(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const counts = { passed: 0, failed: 0 };
  for await (const event of source) {
    if (event.type !== "test:pass" && event.type !== "test:fail") {
      continue;
    }
    const { details, skip, todo } = event.data;
    if (details.type !== "suite" && skip === undefined && todo === undefined) {
      counts[event.type === "test:pass" ? "passed" : "failed"] += 1;
    }
  }
  yield `${JSON.stringify(counts)}\n`;
}
