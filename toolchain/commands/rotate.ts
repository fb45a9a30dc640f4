import { namespace } from "../../infra/config/errors.ts";
import { grafanaPasswordFile } from "../../infra/system/grafana.ts";
import { isOwnSecret, type OwnSecret, ownSecrets } from "../../infra/system/names.ts";
import { at } from "../../lib/at.ts";
import { say } from "../../lib/report.ts";
import { UserError } from "../../lib/user-error.ts";
import { pulumiOutput, stackExists } from "../lib/pulumi.ts";
import { devStack, project } from "../lib/stack-config.ts";
import { type StackPlace, stackPlace } from "../lib/stack-place.ts";
import { findToolsWithoutImages } from "../tools/toolchain.ts";
import pulumi from "./pulumi.ts";
import up from "./up.ts";

const usage = "npm run rotate -- NAME … [--stack NAME]";

/**
 * The secrets and the stack that a command line names.
 * @throws UserError where it names none, or what is none
 */
export function rotationOf(args: string[]): { stack: string; secrets: OwnSecret[] } {
  const index = args.indexOf("--stack");
  const stack = index < 0 ? devStack : args[index + 1];
  const names = index < 0 ? args : args.toSpliced(index, 2);
  if (stack === undefined) {
    throw new UserError(`rotate: --stack is ""; allowed: the name of a stack.\n${usage}`);
  }
  const wrong = names.length === 0 ? "" : names.find((name) => !isOwnSecret(name));
  if (wrong !== undefined) {
    throw new UserError(`rotate: the secret is "${wrong}"; allowed: ${ownSecrets.join(", ")}.\n${usage}`);
  }
  return { stack, secrets: [...new Set(names.filter(isOwnSecret))] };
}

/** How often a secret will have been made anew after this time, from what `pulumi config --json` prints. */
export function nextCount(config: unknown, secret: OwnSecret): number {
  const count = at(config, `${namespace}:rotated`, "objectValue", secret);
  return typeof count === "number" ? count + 1 : 1;
}

/** Grafana takes the password of the file only for a database that is new; this sets it in the one that is there. */
export function grafanaCommand(place: StackPlace, stack: string): string {
  const inside = `sh -c 'grafana cli admin reset-admin-password --password-from-stdin < ${grafanaPasswordFile}'`;
  return place.target === "docker"
    ? `docker exec ${project}-${stack}-grafana ${inside}`
    : `kubectl exec --namespace ${place.namespace} statefulset/grafana -- ${inside}`;
}

/** `npm run rotate -- NAME … [--stack NAME]`: makes secrets of a stack anew, and brings the stack up with them. */
async function rotate(args: string[]): Promise<number> {
  const { stack, secrets } = rotationOf(args);
  const tools = await findToolsWithoutImages();
  if (!(await stackExists(tools, stack))) {
    throw new UserError(`rotate: there is no stack ${stack}.`);
  }
  const config: unknown = JSON.parse(await pulumiOutput(tools, ["config", "--json"], stack));
  for (const secret of secrets) {
    const count = String(nextCount(config, secret));
    await pulumiOutput(
      tools,
      ["config", "set", "--plaintext", "--path", `${namespace}:rotated.${secret}`, count],
      stack,
    );
  }
  const code = stack === devStack ? await up([]) : await pulumi(["up", "--yes", "--stack", stack]);
  if (code !== 0) {
    say(
      "rotate",
      `resume:rotated is set, and the up failed: once what it names is mended, another up goes on from there`,
    );
    return code;
  }
  const outputs: unknown = JSON.parse(await pulumiOutput(tools, ["stack", "output", "--json"], stack));
  if (secrets.includes("grafanaPassword") && typeof at(outputs, "grafanaUrl") === "string") {
    const command = grafanaCommand(await stackPlace(project, stack), stack);
    say("rotate", `Grafana keeps its old password in its database; this sets the new one there:\n${command}`);
  }
  return 0;
}

export default rotate;
