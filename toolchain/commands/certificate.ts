import { selfSigned } from "../../lib/certificate.ts";
import { say } from "../../lib/report.ts";
import { UserError } from "../../lib/user-error.ts";
import { pulumiOutput } from "../lib/pulumi.ts";
import { devStack } from "../lib/stack-config.ts";
import { findToolsWithoutImages } from "../tools/toolchain.ts";

const defaultHosts = ["localhost", "127.0.0.1"];

/** `npm run certificate [-- HOST …]`: sets a self-signed certificate in the dev stack's config, as a secret. */
async function certificate(args: string[]): Promise<number> {
  const option = args.find((arg) => arg.startsWith("-"));
  if (option !== undefined) {
    throw new UserError(`certificate: ${option} is no host name.\nnpm run certificate [-- HOST …]`);
  }
  const hosts = args.length > 0 ? args : defaultHosts;
  const tools = await findToolsWithoutImages();
  await pulumiOutput(tools, ["stack", "select", "--create"]);
  for (const [part, pem] of Object.entries(await selfSigned(hosts))) {
    await pulumiOutput(tools, ["config", "set", "--secret", "--path", `resume:tls.${part}`], devStack, pem);
  }
  say("tls", `a certificate for ${hosts.join(", ")} is set as resume:tls; npm run up applies it`);
  return 0;
}

export default certificate;
