import { UserError } from "../toolchain/lib/user-error.ts";

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * The address that load may be sent to: plain HTTP on this machine's loopback interface, and nothing else unless the
 * user says that the other host is theirs.
 *
 * @throws UserError for every other address
 */
export function loopbackUrl(text: string, owned = false): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.protocol !== "http:") {
    throw new UserError(`"${text}" is not an address that starts with http://.`);
  }
  if (!owned && !loopback.test(url.hostname)) {
    throw new UserError(
      `${url.host} is not a loopback address. The benchmark sends load to this machine only, to 127.0.0.1, [::1] or localhost; to another host with --i-own-this-host, where it is yours.`,
    );
  }
  return url;
}
