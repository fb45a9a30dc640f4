import assert from "node:assert/strict";
import { test } from "node:test";
import { formatMessage } from "../src/contact/format-message.ts";

const MESSAGE = {
  id: "1795446000000-0",
  time: "2026-11-23T15:00:00.000Z",
  name: "Ada",
  email: "ada@example.com",
  message: "One\n\nTwo",
  requestId: "r",
};

test("a message is who and when, then what", () => {
  const text = "2026-11-23 15:00:00 UTC  Ada <ada@example.com>  [1795446000000-0]\n\n  One\n\n  Two\n\n";
  assert.equal(formatMessage(MESSAGE), text);
});

test("no message makes a terminal do anything", () => {
  const text = formatMessage({ ...MESSAGE, name: "A\u001b[2J", message: "\u001b]0;x\u0007\r\u009b31m\u0008" });
  assert.doesNotMatch(text.replaceAll("\n", ""), /\p{Cc}/u);
});
