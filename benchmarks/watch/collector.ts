/**
 * Runs inside a replica's container, beside its process. For each line that comes in, it has all of that process' garbage
 * collected and prints how many bytes of its heap are left. It asks the process' own inspector, which listens on the
 * container's loopback interface for as long as this runs, and is closed when the input ends.
 */
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";

/** The first process of its container, which nothing in it outlives. */
const replica = 1;

/** Where an inspector says what it looks at, and how often it is asked, so many milliseconds apart: it takes a moment to listen. */
const listing = "http://127.0.0.1:9229/json/list";
const attempts = { most: 200, everyMs: 50 };

process.kill(replica, "SIGUSR1");
const socket = new WebSocket(await inspectorAddress());
await once(socket, "open");
for await (const _ of createInterface(process.stdin)) {
  await call("HeapProfiler.collectGarbage");
  console.log((await call("Runtime.getHeapUsage")).usedSize);
}
// Closing waits until nobody is connected, and the process does nothing else meanwhile: so this one leaves first.
const close = 'setTimeout(() => process.getBuiltinModule("node:inspector").close(), 100)';
await call("Runtime.evaluate", { expression: close });
socket.close();

async function inspectorAddress(): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      const targets: unknown = await (await fetch(listing)).json();
      return String(Object(targets)[0].webSocketDebuggerUrl);
    } catch (error) {
      if (attempt === attempts.most) throw error;
      await pause(attempts.everyMs);
    }
  }
}

/** One call by the inspector's protocol. Nothing else is subscribed to, so the next message is its answer. */
async function call(method: string, params: Readonly<Record<string, string>> = {}): Promise<Record<string, unknown>> {
  const answered = once(socket, "message");
  socket.send(JSON.stringify({ id: 1, method, params }));
  const [{ data }] = await answered;
  const answer = Object(JSON.parse(String(data)));
  if (answer.result === undefined) throw new Error(`${method}: ${data}`);
  return answer.result;
}
