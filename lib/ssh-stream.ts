import { spawn } from "node:child_process";
import { Agent } from "node:http";
import { Duplex } from "node:stream";

/** ssh ended before the engine has answered. The message is what it printed. */
export class SshError extends Error {
  override name = "SshError";
}

/**
 * A connection to the engine of another machine, as the Docker CLI makes it: the ssh program knows the user's hosts, keys
 * and settings. It asks nothing, since nobody may be there to answer.
 */
class SshStream extends Duplex {
  readonly #child;

  constructor(host: URL, options: readonly string[]) {
    super();
    const { hostname, port, username } = host;
    const args = ["-T", "-o", "BatchMode=yes", ...options];
    args.push(...(username === "" ? [] : ["-l", decodeURIComponent(username)]), ...(port === "" ? [] : ["-p", port]));
    args.push("--", hostname.replace(/^\[|\]$/g, ""), "docker", "system", "dial-stdio");
    this.#child = spawn("ssh", args, { stdio: ["pipe", "pipe", "pipe"] });
    const { stdin, stdout, stderr } = this.#child;
    let answered = false;
    let printed = "";
    stdout.on("data", (chunk: Buffer) => {
      answered = true;
      if (!this.push(chunk)) {
        stdout.pause();
      }
    });
    stderr.setEncoding("utf8").on("data", (text: string) => {
      printed = (printed + text).slice(-4096);
    });
    // Its end says why it took no more input.
    stdin.on("error", () => {});
    stdout.on("end", () => answered && this.push(null));
    this.#child.on("error", (error) => this.destroy(error));
    this.#child.on("close", (code) => {
      if (!answered) {
        this.destroy(new SshError(printed.trim() || `ssh ended with exit code ${code}`));
      }
    });
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#child.stdin.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#child.kill();
    done(error);
  }
}

/** Sends HTTP requests to the Docker engine of another machine, a connection for each. */
export class SshAgent extends Agent {
  readonly #host: URL;
  readonly #options: readonly string[];

  /** @param options of the ssh program */
  constructor(host: URL, options: readonly string[]) {
    super();
    this.#host = host;
    this.#options = options;
  }

  override createConnection(): Duplex {
    return new SshStream(this.#host, this.#options);
  }
}
