import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { UserError } from "../lib/user-error.ts";

const loopbacks = new BlockList();
loopbacks.addSubnet("127.0.0.0", 8, "ipv4");
loopbacks.addAddress("::1", "ipv6");

/** Whether this IP address is one of the loopback interface. */
export function isLoopback(address: string): boolean {
  return isIP(address) !== 0 && loopbacks.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** The host of an address without the brackets that a URL puts around IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** Whose address it is: of an unknown host, of a host that the user owns, or an output of the stack. */
export type Owner = "unknown" | "user" | "stack";

/**
 * The address that load may be sent to: plain HTTP on this machine's loopback interface, wherever the stack's own output
 * says that it is, and nothing else unless the user says that the other host is theirs.
 *
 * @param addressesOf what a name stands for
 * @throws {UserError} for every other address
 */
export async function allowedUrl(
  text: string,
  owner: Owner = "unknown",
  addressesOf: (name: string) => Promise<string[]> = resolved,
): Promise<URL> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:") {
    throw new UserError(
      `${url.href} is served by HTTPS, and the benchmark measures plain HTTP: take resume:tls out of the stack's config for it.`,
    );
  }
  if (url?.protocol !== "http:") {
    throw new UserError(`"${text}" is not an address that starts with http://.`);
  }
  if (owner === "unknown" && !(await leadsToThisMachine(hostOf(url), addressesOf))) {
    throw new UserError(
      `${url.host} is not a loopback address. The benchmark sends load to this machine only, to 127.0.0.1, [::1] or localhost, and without an address to the stack's own; to another host with --i-own-this-host, where it is yours.`,
    );
  }
  return url;
}

/** A name is trusted no further than what it stands for. Any but localhost may stand for something else at the next look. */
async function leadsToThisMachine(host: string, addressesOf: (name: string) => Promise<string[]>): Promise<boolean> {
  if (host !== "localhost") {
    return isLoopback(host);
  }
  const addresses = await addressesOf(host);
  return addresses.length > 0 && addresses.every(isLoopback);
}

async function resolved(name: string): Promise<string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}
