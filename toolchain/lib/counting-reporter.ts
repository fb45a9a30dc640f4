import type { TestEvent } from "node:test/reporters";

/**
 * A reporter for `node --test` that writes one line of JSON at the end: how many tests passed and failed, all files
 * together. A skipped or to-do test counts as neither.
 */
export default async function* count(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let passed = 0;
  let failed = 0;
  for await (const event of source) {
    if (event.type !== "test:pass" && event.type !== "test:fail") {
      continue;
    }
    if (event.data.details.type === "suite" || event.data.skip !== undefined || event.data.todo !== undefined) {
      continue;
    }
    if (event.type === "test:pass") {
      passed += 1;
    } else {
      failed += 1;
    }
  }
  yield `${JSON.stringify({ passed, failed })}\n`;
}
