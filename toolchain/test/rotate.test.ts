import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../../lib/user-error.ts";
import { nextCount, parseRotation } from "../commands/rotate.ts";

test("rotate takes one or more of the stack's own secrets, for dev or another stack", () => {
  assert.deepEqual(parseRotation(["redisPassword"]), { stack: "dev", secrets: ["redisPassword"] });
  assert.deepEqual(parseRotation(["--stack", "k8s", "sessionKey", "grafanaPassword", "sessionKey"]), {
    stack: "k8s",
    secrets: ["sessionKey", "grafanaPassword"],
  });
  const refused: [string[], RegExp][] = [
    [[], /the secret is ""; allowed: redisPassword, sessionKey, grafanaPassword\./],
    [["tls"], /the secret is "tls"; allowed: redisPassword, /],
    [["sessionKey", "--force"], /the secret is "--force"; allowed: /],
    [["sessionKey", "--stack"], /--stack is ""; allowed: the name of a stack/],
    [["sessionKey", "--stack", "--yes"], /--stack is "--yes"; allowed: the name of a stack/],
  ];
  for (const [args, sentence] of refused) {
    assert.throws(
      () => parseRotation(args),
      (error) => error instanceof UserError && sentence.test(error.message),
    );
  }
});

test("each rotation counts one up, from what the CLI prints of the config", () => {
  const printed = { "resume:rotated": { value: '{"sessionKey":2}', objectValue: { sessionKey: 2 }, secret: false } };
  assert.equal(nextCount(printed, "sessionKey"), 3);
  assert.equal(nextCount(printed, "redisPassword"), 1);
  assert.equal(nextCount({}, "sessionKey"), 1);
});
