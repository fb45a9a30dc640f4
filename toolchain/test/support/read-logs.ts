/** Run by logs.real.test.ts: reads all that a stack's containers have written. Prints what that took as one line of JSON. */

import { clientAt } from "../../../lib/docker-engine.ts";
import { dockerSource } from "../../logs/docker-source.ts";

const [, , labels = "{}"] = process.argv;
const range = { since: 0, follow: false, component: undefined, signal: AbortSignal.timeout(50_000) };
const start = performance.now();
let first: number | undefined;
let count = 0;
let inOrder = true;
let before = "";
const next = new Map<string, number>();
for await (const { time, container, text } of dockerSource(clientAt(process.env.DOCKER_HOST ?? ""), {
  labels: JSON.parse(labels),
})(range)) {
  first ??= performance.now() - start;
  count += 1;
  const number = Number.parseInt(text, 10);
  inOrder &&= time >= before && number === (next.get(container) ?? 1);
  next.set(container, number + 1);
  before = time;
}
const seconds = (performance.now() - start) / 1000;
const megabytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(`${JSON.stringify({ count, inOrder, firstMs: first, seconds, megabytes })}\n`);
