import { interruption, onSignal } from "../lib/interruption.ts";
import { endChildren } from "../lib/run.ts";
import { UserError } from "../lib/user-error.ts";

/**
 * Runs a command as this process. A signal ends its children and then the command, by exit code 130. What the command
 * throws is printed below its name: the sentence of a UserError, the stack of any other error.
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
