import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { interruption } from "../../lib/interruption.ts";
import { UserError } from "../../lib/user-error.ts";

/**
 * Asks on the terminal whether a command may go on. Every answer but `y` and `yes` means no.
 * @param command the command's name, for the error
 * @param consequence what going on does, a sentence without its full stop
 * @throws {UserError} when there is no terminal to ask on
 * @throws {AbortError} when the user asks to stop
 */
export async function confirm(
  command: string,
  consequence: string,
  input: Readable & { isTTY?: boolean } = process.stdin,
): Promise<boolean> {
  if (input.isTTY !== true) {
    throw new UserError(`${command}: ${consequence}. There is no terminal to ask on: add --yes to do it.`);
  }
  // Without `terminal`, Ctrl-C stays a signal.
  const lines = createInterface({ input, terminal: false });
  try {
    process.stderr.write(`${consequence}. Go on? [y/N] `);
    // Ctrl-D closes the input.
    const closed = once(lines, "close");
    const [line = ""]: unknown[] = await Promise.race([once(lines, "line", { signal: interruption }), closed]);
    return /^\s*y(es)?\s*$/i.test(String(line));
  } finally {
    lines.close();
  }
}
