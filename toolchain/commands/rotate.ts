import { namespace } from "../../infra/config/errors.ts";
import { isOwnSecret, type OwnSecret, ownSecrets } from "../../infra/system/names.ts";
import { at } from "../../lib/at.ts";
import { say } from "../../lib/report.ts";
import { UserError } from "../../lib/user-error.ts";
import { setGrafanaPassword } from "../backup/grafana.ts";
import { splitStack } from "../lib/arguments.ts";
import { execInside } from "../lib/component-exec.ts";
import { findOwnStack } from "../lib/own-stack.ts";
import { pulumiOutput, stackExists, stackOutputs } from "../lib/pulumi.ts";
import { findToolsWithoutImages } from "../tools/toolchain.ts";
import up from "./up.ts";

const usage = "npm run rotate -- NAME … [--stack NAME]";

/** The stack and the secrets in a command line. @throws {UserError} when it names no secret, or one that does not exist */
export function parseRotation(args: string[]): { stack: string; secrets: OwnSecret[] } {
  const { stack, rest } = splitStack(args);
  const wrong = rest.length === 0 ? "" : rest.find((name) => !isOwnSecret(name));
  if (wrong !== undefined) {
    throw new UserError(`rotate: the secret is "${wrong}"; allowed: ${ownSecrets.join(", ")}. Usage: ${usage}`);
  }
  return { stack, secrets: [...new Set(rest.filter(isOwnSecret))] };
}

/** The rotation counter of a secret, plus one. @param config the output of `pulumi config --json` */
export function nextCount(config: unknown, secret: OwnSecret): number {
  const count = at(config, `${namespace}:rotated`, "objectValue", secret);
  return typeof count === "number" ? count + 1 : 1;
}

/** `npm run rotate -- NAME … [--stack NAME]`: replaces secrets of a stack, and brings the stack up with the new ones. */
async function rotate(args: string[]): Promise<number> {
  const { stack, secrets } = parseRotation(args);
  const tools = await findToolsWithoutImages();
  if (!(await stackExists(tools, stack))) {
    throw new UserError(`rotate: there is no stack ${stack}.`);
  }
  const own = await findOwnStack(stack, tools);
  const config: unknown = JSON.parse(await pulumiOutput(tools, ["config", "--json"], stack));
  for (const secret of secrets) {
    const set = ["config", "set", "--plaintext", "--path", `${namespace}:rotated.${secret}`];
    await pulumiOutput(tools, [...set, String(nextCount(config, secret))], stack);
  }
  const code = await up(["--stack", stack]);
  if (code !== 0) {
    say("rotate", "resume:rotated is set, but the up failed. Fix the error above and run the up again");
    return code;
  }
  if (secrets.includes("grafanaPassword") && typeof (await stackOutputs(tools, stack)).grafanaUrl === "string") {
    await setGrafanaPassword(execInside(own));
    say("rotate", "Grafana's database has the new password, too");
  }
  return 0;
}

export default rotate;
