import type { IncomingMessage } from "node:http";

/**
 * Brings a request's target into the form "/path?query", which the rest of the service relies on: a full address, as
 * proxies send it, becomes its path (RFC 9112, 3.2.2).
 * @returns false for a target that is none
 */
export function settleTarget(request: IncomingMessage): boolean {
  const target = request.url ?? "";
  if (target.startsWith("/") || (target === "*" && request.method === "OPTIONS")) return true;
  if (!/^https?:\/\/[^/?#]/i.test(target) || !URL.canParse(target)) return false;
  const { host, pathname, search } = new URL(target);
  request.url = `${pathname}${search}`;
  request.headers.host = host;
  return true;
}
