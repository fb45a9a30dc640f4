import { stackName } from "../../infra/labels.ts";
import { UserError } from "../../lib/user-error.ts";
import { parseArguments, splitStack } from "../lib/arguments.ts";
import { execInside } from "../lib/component-exec.ts";
import { findOwnStack, type PlacedStack } from "../lib/own-stack.ts";
import { devStack } from "../lib/stack-config.ts";

const usage = "npm run messages -- [--stack NAME] [--json] [--after ID] [--delete-before ID]";

/**
 * Runs a command in a replica of a stack, with its outputs on this terminal.
 * @returns its exit code
 * @throws {UserError} when no replica runs, or the cluster does not answer
 */
export async function execInReplica(stack: PlacedStack, command: string[]): Promise<number> {
  const name = stackName(stack.labels);
  const outputs = { out: process.stdout, errors: process.stderr };
  const code = await execInside(stack)("resume", command, outputs);
  if (code === undefined) {
    throw new UserError(`No replica of the ${name} stack runs. Bring it up with npm run up -- --stack ${name}.`);
  }
  return code;
}

/**
 * `npm run messages [-- --stack NAME] [--json] [--after ID]`: the messages of the contact form, the oldest first.
 * `npm run messages -- --delete-before ID` deletes older ones. They are in Redis, so that any replica can print them.
 */
async function messages(args: string[]): Promise<number> {
  const { stack } = parseArguments(usage, {
    args,
    options: {
      stack: { type: "string", short: "s", default: devStack },
      json: { type: "boolean" },
      after: { type: "string" },
      "delete-before": { type: "string" },
    },
  }).values;
  const { rest } = splitStack(args);
  return execInReplica(await findOwnStack(stack), ["node", "dist/messages.js", ...rest]);
}

export default messages;
