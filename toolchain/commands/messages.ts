import { stackLabels } from "../../infra/labels.ts";
import { clientAt } from "../../lib/docker-engine.ts";
import { UserError } from "../../lib/user-error.ts";
import { splitStack } from "../lib/arguments.ts";
import { execOnCluster, execOnDocker } from "../lib/component-exec.ts";
import { project } from "../lib/stack-config.ts";
import { asUserError, type StackPlace, stackPlace } from "../lib/stack-place.ts";
import { findEngine } from "../tools/engine.ts";

/**
 * Runs a command in a replica of a stack, with its outputs on this terminal.
 * @returns its exit code
 * @throws {UserError} when no replica runs, or the cluster does not answer
 */
export async function execInReplica(stack: string, place: StackPlace, command: string[]): Promise<number> {
  const labels = stackLabels(project, stack);
  const outputs = { out: process.stdout, errors: process.stderr };
  const code =
    place.target === "docker"
      ? await execOnDocker(clientAt((await findEngine()).host), labels, "resume", command, outputs)
      : await execOnCluster(place, labels, "resume", command, outputs).catch(async (error: unknown) => {
          throw await asUserError(error, stack);
        });
  if (code === undefined) {
    throw new UserError(`No replica of the ${stack} stack runs. Bring it up with npm run up -- --stack ${stack}.`);
  }
  return code;
}

/**
 * `npm run messages [-- --stack NAME] [--json] [--after ID]`: the messages of the contact form, the oldest first.
 * `npm run messages -- --delete-before ID` deletes older ones. They are in Redis, so that any replica can print them.
 */
async function messages(args: string[]): Promise<number> {
  const { stack, rest } = splitStack(args);
  return execInReplica(stack, await stackPlace(project, stack), ["node", "dist/messages.js", ...rest]);
}

export default messages;
