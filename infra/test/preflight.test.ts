import assert from "node:assert/strict";
import { test } from "node:test";
import { overlap } from "../config.ts";
import { dynamicPort } from "../docker/preflight.ts";

test("a stack finds the same free port each time, and the next one where that is taken", async () => {
  const any = () => true;
  const port = await dynamicPort("resume-dev port", any);
  assert.ok(port >= 20_000 && port <= 29_999);
  assert.equal(await dynamicPort("resume-dev port", any), port);
  assert.notEqual(await dynamicPort("resume-dev grafanaPort", any), port);
  assert.equal(await dynamicPort("resume-dev port", (asked) => asked !== port), port === 29_999 ? 20_000 : port + 1);
  await assert.rejects(
    dynamicPort("resume-dev port", () => false),
    /No free port from 20000 to 29999/,
  );
});

test("addresses meet where they are the same, or one is all of the other's kind", () => {
  assert.ok(overlap("127.0.0.1", "127.0.0.1"));
  assert.ok(overlap("0.0.0.0", "127.0.0.1"));
  assert.ok(overlap("::1", "::"));
  assert.ok(!overlap("127.0.0.1", "127.0.0.2"));
  assert.ok(!overlap("::", "127.0.0.1"));
});
