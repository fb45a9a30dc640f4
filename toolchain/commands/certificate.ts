import { isIP } from "node:net";
import { z } from "zod";
import { at } from "../../lib/at.ts";
import { selfSigned } from "../../lib/certificate.ts";
import { say } from "../../lib/report.ts";
import { UserError } from "../../lib/user-error.ts";
import { parseArguments } from "../lib/arguments.ts";
import { confirm } from "../lib/confirm.ts";
import { ensureStack, pulumiOutput } from "../lib/pulumi.ts";
import { devStack, stackConfig } from "../lib/stack-config.ts";
import { findToolsWithoutImages } from "../tools/toolchain.ts";

const defaultHosts = ["localhost", "127.0.0.1"];

/** An address, or a host name with or without a wildcard. A name whose last part is a number is read as an address. */
function isHost(text: string): boolean {
  const isName = z.hostname().safeParse(text.replace(/^\*\./, "")).success;
  return isIP(text) !== 0 || (isName && !/(^|\.)\d*$/.test(text));
}

/**
 * `npm run certificate [-- HOST … --yes]`: sets a self-signed certificate in the dev stack's config, as a secret. It asks
 * before it replaces a certificate.
 */
async function certificate(args: string[]): Promise<number> {
  const { values, positionals } = parseArguments("npm run certificate [-- HOST … --yes]", {
    args,
    options: { yes: { type: "boolean", short: "y" } },
    allowPositionals: true,
  });
  const hosts = positionals.length > 0 ? positionals : defaultHosts;
  const wrong = hosts.find((host) => !isHost(host));
  if (wrong !== undefined) {
    throw new UserError(`certificate: HOST is "${wrong}"; allowed: a host name or an IP address.`);
  }
  if (!values.yes && at(stackConfig(devStack).config, "resume:tls") !== undefined) {
    const consequence = `This replaces the certificate and the key in resume:tls of the stack ${devStack}`;
    if (!(await confirm("certificate", consequence))) {
      say("tls", "nothing is changed");
      return 1;
    }
  }
  const tools = await findToolsWithoutImages();
  await ensureStack(tools, devStack);
  for (const [part, pem] of Object.entries(await selfSigned(hosts))) {
    await pulumiOutput(tools, ["config", "set", "--secret", "--path", `resume:tls.${part}`], devStack, pem);
  }
  say("tls", `a certificate for ${hosts.join(", ")} is set as resume:tls; npm run up applies it`);
  return 0;
}

export default certificate;
