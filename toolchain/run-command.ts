import { interruption, onSignal } from "../lib/interruption.ts";
import { endChildren } from "../lib/run.ts";
import { UserError } from "../lib/user-error.ts";

/**
 * Runs a command as this process. A signal ends its children in order, then the command, with exit code 130. A second one,
 * seconds later, ends them at once. An error is printed after the name: the message of a UserError, the stack of others.
 */
export async function runCommand(name: string, failureCode: 1 | 2, command: () => Promise<number>): Promise<void> {
  onSignal(endChildren);
  try {
    process.exitCode = await command();
  } catch (error) {
    if (interruption.aborted) {
      process.exitCode = 130;
      return;
    }
    process.exitCode = failureCode;
    const message = error instanceof UserError ? error.message : String(Object(error).stack ?? error);
    process.stderr.write(`${name}: ${message}\n`);
  }
}
