import assert from "node:assert/strict";
import { test } from "node:test";
import { linesInFrames } from "../docker-frames.ts";

function frame(output: 1 | 2, payload: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head[0] = output;
  head.writeUInt32BE(payload.length, 4);
  return Buffer.concat([head, payload]);
}

function text(output: 1 | 2, payload: string) {
  return frame(output, Buffer.from(payload));
}

async function linesOf(chunks: Iterable<Buffer>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesInFrames(inChunks(chunks))) {
    lines.push(line);
  }
  return lines;
}

async function* inChunks(chunks: Iterable<Buffer>) {
  yield* chunks;
}

const [half, rest] = [Buffer.from("é").subarray(0, 1), Buffer.from("é").subarray(1)];
const stream = Buffer.concat([
  text(1, "one\n"),
  text(2, "two\nthree\n"),
  text(1, "begun"),
  text(2, "between\n"),
  frame(1, half),
  frame(1, rest),
  text(1, " and ended\n"),
  text(1, ""),
  text(2, "the last has no end"),
]);

test("lines are whole, however the stream is cut", async () => {
  const expected = ["one", "two", "three", "between", "begun\u00e9 and ended", "the last has no end"];
  for (const size of [1, 2, 3, 7, 8, 9, 50, stream.length]) {
    const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
      stream.subarray(index * size, (index + 1) * size),
    );
    assert.deepEqual(await linesOf(chunks), expected, `pieces of ${size} bytes`);
  }
});

test("the stream is read only as far as lines are taken", async () => {
  let read = 0;
  async function* endless() {
    for (;;) {
      read += 1;
      yield Buffer.concat([text(1, "a\n"), text(1, "b\n")]);
    }
  }
  const lines = linesInFrames(endless());
  for (const expected of ["a", "b", "a"]) {
    assert.equal((await lines.next()).value, expected);
  }
  assert.equal(read, 2);
  await lines.return(undefined);
});
