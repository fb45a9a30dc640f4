import { type EngineConnection, remoteName } from "../../../lib/docker-engine.ts";
import { isEveryAddress } from "../../config/ports.ts";
import type { Discovery } from "../../system/component.ts";

/** Docker's own DNS server, and the network aliases it knows. */
export const dockerDiscovery: Discovery = { resolver: "127.0.0.11", host: (component) => component };

/** Where a browser finds a published port. */
export function publishedUrl(
  bindAddress: string,
  engine: EngineConnection,
  port: number,
  scheme: "http" | "https",
): string {
  const host = isEveryAddress(bindAddress) ? (remoteName(engine.host) ?? "127.0.0.1") : bindAddress;
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
