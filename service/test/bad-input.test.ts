import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { badInput, type Case, get, sendBadInput } from "./bad-input.ts";
import { MemoryStore } from "./memory-store.ts";
import { type RawAnswer, sendRaw } from "./raw.ts";
import { type Service, startService } from "./service.ts";

const store = new MemoryStore();
let service: Service;
before(async () => {
  service = await startService({ redis: store });
});
after(() => service.close());

/** What is wrong with an answer; undefined when it is as it should be. */
function fault({ expect }: Case, { statuses }: RawAnswer): string | undefined {
  const [status] = statuses;
  if (status === undefined) {
    return expect.includes("closed") ? undefined : "the connection ended without an answer";
  }
  const refused = status >= 400 && status < 500 && expect.includes("4xx");
  return refused || expect.includes(status) ? undefined : `it was answered with ${status}`;
}

test(`${badInput.length} kinds of bad input: refused or ignored, never a failure of ours`, async () => {
  assert.ok(badInput.length >= 200);
  assert.deepEqual(await sendBadInput(service.port, fault), []);

  const errors = service.logged().filter((line) => JSON.stringify(line).includes('"level":"error"'));
  assert.deepEqual(errors, [], "nothing of it is an error of ours");
  assert.equal((await service.ask("/")).status, 200);
  assert.equal(store.streams.size, 0, "no message was stored");
});

test("a full address, as proxies send it, is its path", async () => {
  assert.deepEqual((await sendRaw(service.port, get("http://site.example/health?x=1"))).statuses, [200]);
  assert.deepEqual((await sendRaw(service.port, get("HTTPS://site.example"))).statuses, [200]);
  assert.deepEqual((await sendRaw(service.port, get("http://site.example/nope"))).statuses, [404]);
});

test("two requests in one go are two answers, in order", async () => {
  const { statuses } = await sendRaw(service.port, `${get("/health")}${get("/nope")}`);
  assert.deepEqual(statuses, [200, 404]);
});
