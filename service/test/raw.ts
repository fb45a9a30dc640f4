import { connect } from "node:net";

/** What came back for some bytes. */
export interface RawAnswer {
  /** The status of every response on the connection, in order. */
  readonly statuses: readonly number[];
  readonly text: string;
}

const ANSWER_MS = 5_000;
/** A kept connection says nothing for this long after an answer: there is no other. */
const QUIET_MS = 60;

/**
 * Sends bytes that need not be HTTP, and gathers what comes back until the server closes the connection, or has answered
 * and is silent. Fails when nothing at all happens for 5 seconds.
 */
export function sendRaw(port: number, bytes: string | Buffer): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let text = "";
    let quiet: NodeJS.Timeout | undefined;
    const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => socket.write(bytes));
    const late = setTimeout(() => {
      socket.destroy();
      reject(new Error("no answer, and no end of the connection"));
    }, ANSWER_MS);
    const done = (): void => {
      clearTimeout(late);
      clearTimeout(quiet);
      socket.destroy();
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
      resolve({ statuses, text });
    };
    socket.setEncoding("latin1");
    socket.on("data", (data) => {
      text += data;
      clearTimeout(quiet);
      quiet = setTimeout(done, QUIET_MS);
    });
    socket.on("close", done);
    // A server that closes while we still write resets the connection: that is an end as well.
    socket.on("error", done);
  });
}
