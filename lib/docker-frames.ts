import { StringDecoder } from "node:string_decoder";

/** Before each piece of output: one byte for which output it is, three of nothing, four for its length. */
const headBytes = 8;

/** What of an output is no whole line yet. */
interface Rest {
  readonly decoder: StringDecoder;
  text: string;
}

/**
 * The lines in an engine's stream of a container's two outputs, each whole, in the order of the stream. It reads on only
 * when it is asked for more, and holds no more than what it was given last.
 */
export async function* linesInFrames(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const rests = new Map<number, Rest>();
  for await (const { output, payload } of frames(stream)) {
    const rest = rests.get(output) ?? { decoder: new StringDecoder("utf8"), text: "" };
    rests.set(output, rest);
    const lines = (rest.text + rest.decoder.write(payload)).split("\n");
    rest.text = lines.pop() ?? "";
    yield* lines;
  }
  for (const { text } of rests.values()) {
    if (text !== "") {
      yield text;
    }
  }
}

/** The frames of a stream. Of what it is cut into, only a frame that lies across a cut is copied. */
async function* frames(stream: AsyncIterable<Buffer>): AsyncGenerator<{ output: number; payload: Buffer }> {
  let begun: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    let start = 0;
    while (start < chunk.length) {
      // The head first, which says how long the whole is.
      const missing = (begun.length < headBytes ? headBytes : wholeLength(begun)) - begun.length;
      if (begun.length === 0 && chunk.length - start >= headBytes) {
        const end = start + wholeLength(chunk.subarray(start));
        if (end <= chunk.length) {
          yield frameIn(chunk.subarray(start, end));
          start = end;
          continue;
        }
      }
      begun = Buffer.concat([begun, chunk.subarray(start, start + missing)]);
      start += missing;
      if (begun.length >= headBytes && begun.length === wholeLength(begun)) {
        yield frameIn(begun);
        begun = Buffer.alloc(0);
      }
    }
  }
}

function wholeLength(frame: Buffer): number {
  return headBytes + frame.readUInt32BE(4);
}

function frameIn(frame: Buffer) {
  return { output: frame[0] ?? 0, payload: frame.subarray(headBytes) };
}
