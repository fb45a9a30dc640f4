import { selfSigned } from "../../lib/certificate.ts";
import { projectRoot } from "../../lib/paths.ts";
import { say } from "../../lib/report.ts";
import { mustRun } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";
import { devStack } from "../lib/stack-config.ts";
import { findToolsWithoutImages } from "../tools/toolchain.ts";

const usual = ["localhost", "127.0.0.1"];

/** `npm run certificate [-- HOST …]`: gives the dev stack a certificate that signs itself, as a secret in its config. */
async function certificate(args: string[]): Promise<number> {
  const option = args.find((arg) => arg.startsWith("-"));
  if (option !== undefined) {
    throw new UserError(`certificate: ${option} is no host name.\nnpm run certificate [-- HOST …]`);
  }
  const hosts = args.length > 0 ? args : usual;
  const { cli, env } = await findToolsWithoutImages();
  const pulumi = (command: string[], input?: string) =>
    mustRun(cli.program, [...command, "--stack", devStack, "--non-interactive"], {
      cwd: projectRoot,
      env,
      ...(input === undefined ? {} : { input }),
    });
  await pulumi(["stack", "select", "--create"]);
  for (const [part, pem] of Object.entries(await selfSigned(hosts))) {
    await pulumi(["config", "set", "--secret", "--path", `resume:tls.${part}`], pem);
  }
  say("tls", `a certificate for ${hosts.join(", ")} is set as resume:tls; npm run up puts it to use`);
  return 0;
}

export default certificate;
