import { StringDecoder } from "node:string_decoder";

/** The header of a frame: one byte for the output (1 stdout, 2 stderr), three of padding, four for the payload's length. */
const headerBytes = 8;

/** The beginning of an output's next line. */
interface PartialLine {
  readonly decoder: StringDecoder;
  text: string;
}

/**
 * Splits an engine's multiplexed stream of stdout and stderr into whole lines, in the order of the stream. It reads only
 * when the caller takes a line, and holds one chunk at most.
 */
export async function* linesInFrames(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const partialLines = new Map<number, PartialLine>();
  for await (const { output, payload } of frames(stream)) {
    const partialLine = partialLines.get(output) ?? { decoder: new StringDecoder("utf8"), text: "" };
    partialLines.set(output, partialLine);
    const lines = (partialLine.text + partialLine.decoder.write(payload)).split("\n");
    partialLine.text = lines.pop() ?? "";
    yield* lines;
  }
  for (const { text } of partialLines.values()) {
    if (text !== "") {
      yield text;
    }
  }
}

/** Splits a stream into frames. Only a frame that spans two chunks is copied. */
async function* frames(stream: AsyncIterable<Buffer>): AsyncGenerator<{ output: number; payload: Buffer }> {
  let partial: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    let start = 0;
    while (start < chunk.length) {
      // The header has to be complete first: it holds the length.
      const missing = (partial.length < headerBytes ? headerBytes : frameLength(partial)) - partial.length;
      if (partial.length === 0 && chunk.length - start >= headerBytes) {
        const end = start + frameLength(chunk.subarray(start));
        if (end <= chunk.length) {
          yield frameIn(chunk.subarray(start, end));
          start = end;
          continue;
        }
      }
      partial = Buffer.concat([partial, chunk.subarray(start, start + missing)]);
      start += missing;
      if (partial.length >= headerBytes && partial.length === frameLength(partial)) {
        yield frameIn(partial);
        partial = Buffer.alloc(0);
      }
    }
  }
}

function frameLength(frame: Buffer): number {
  return headerBytes + frame.readUInt32BE(4);
}

function frameIn(frame: Buffer) {
  return { output: frame[0] ?? 0, payload: frame.subarray(headerBytes) };
}
