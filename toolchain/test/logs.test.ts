import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { matches, parseLine, printJson, printPretty } from "../logs/event.ts";
import { mergeByTime, Reorder } from "../logs/merge.ts";
import type { LogLine } from "../logs/source.ts";

function line(second: number, container: string, text = ""): LogLine {
  return {
    time: `2026-01-01T00:00:0${second}.000000000Z`,
    component: container.replace(/-\d$/, ""),
    container,
    text,
  };
}

async function* source(...lines: LogLine[]) {
  yield* lines;
}

test("what several containers have written is merged by time", async () => {
  const merged = mergeByTime([
    source(line(1, "a"), line(4, "a")),
    source(),
    source(line(2, "b"), line(3, "b"), line(5, "b")),
  ]);
  const order = [];
  for await (const { container, time } of merged) {
    order.push(`${container}${time.slice(18, 19)}`);
  }
  assert.deepEqual(order, ["a1", "b2", "b3", "a4", "b5"]);
});

test("what arrives late is put in order, and nothing is lost at the end", async () => {
  const lines = new Reorder();
  const end = new AbortController();
  const order: string[] = [];
  lines.add(line(2, "b"));
  lines.add(line(1, "a"));
  for await (const { container } of lines.lines(end.signal, 20)) {
    order.push(container);
    if (order.length === 2) {
      lines.add(line(3, "c"));
      end.abort();
    }
  }
  assert.deepEqual(order, ["a", "b", "c"]);
});

const nginx = parseLine(line(1, "nginx", '{"id":"abcdefgh","uri":"/contact","status":502,"cache":""}'));
const service = parseLine(
  line(
    2,
    "s-resume-0",
    '{"level":"warn","message":"request","replica":"resume-0","requestId":"abcdefgh","route":"/contact"}',
  ),
);
const redis = parseLine(line(3, "redis", "1:M * Ready"));

test("a request is found at the edge and in the service; a replica by either name; a route by both", () => {
  const found = (filter: Parameters<typeof matches>[1]) =>
    [nginx, service, redis].filter((event) => matches(event, filter)).map((event) => event.line.container);
  assert.deepEqual(found({}), ["nginx", "s-resume-0", "redis"]);
  assert.deepEqual(found({ request: "abcdefgh" }), ["nginx", "s-resume-0"]);
  assert.deepEqual(found({ route: "/contact" }), ["nginx", "s-resume-0"]);
  assert.deepEqual(found({ replica: "resume-0" }), ["s-resume-0"]);
  assert.deepEqual(found({ replica: "s-resume-0" }), ["s-resume-0"]);
  assert.deepEqual(found({ request: "abcdefgh", route: "/" }), []);
});

test("for programs a line is one JSON object, whatever was written", () => {
  assert.deepEqual(JSON.parse(printJson(nginx)), {
    id: "abcdefgh",
    uri: "/contact",
    status: 502,
    cache: "",
    loggedAt: "2026-01-01T00:00:01.000000000Z",
    component: "nginx",
    container: "nginx",
  });
  assert.equal(JSON.parse(printJson(redis)).message, "1:M * Ready");
  for (const text of ["{broken", "[1]", "", "null"]) {
    assert.equal(JSON.parse(printJson(parseLine(line(1, "a", text)))).message, text);
  }
});

test("for people a line has the time, the place, the message and the rest", () => {
  const pretty = (event: typeof nginx) => stripVTControlCharacters(printPretty(event));
  assert.equal(pretty(service), "00:00:02.000 s-resume-0 warn request requestId=abcdefgh route=/contact");
  assert.equal(pretty(nginx), "00:00:01.000 nginx id=abcdefgh uri=/contact status=502");
  assert.equal(pretty(redis), "00:00:03.000 redis 1:M * Ready");
});

test("what a visitor sent can't steer the terminal", () => {
  const hostile = printPretty(parseLine(line(1, "nginx", '{"uri":"/\\u001b[2J\\u009b31m\\nfake"}')));
  assert.ok(hostile.includes("uri"));
  assert.ok(stripVTControlCharacters(hostile).endsWith("uri=/\\u001b[2J\\u009b31m\\u000afake"));
});
