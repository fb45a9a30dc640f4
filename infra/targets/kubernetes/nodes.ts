import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type { V1Node } from "@kubernetes/client-node";
import { inUrl } from "./address.ts";

/** The architecture of most nodes, in Docker's names. */
export function architecture(nodes: readonly V1Node[]): string {
  const counts = new Map<string, number>();
  for (const { status } of nodes) {
    const name = status?.nodeInfo?.architecture ?? "amd64";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, one], [, other]) => other - one);
  return most?.[0] ?? "amd64";
}

/** Whether a host is this machine. */
function isHere(host: string): boolean {
  const own = Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ address }) => address),
  );
  return host === "localhost" || own.includes(host);
}

/** The address of node ports, in the form of URLs. A cluster with its API server on this machine has its nodes here, too. */
export function nodeAddress(server: string, nodes: readonly V1Node[]): string {
  const host = new URL(server).hostname.replace(/^\[(.*)\]$/, "$1");
  if (isHere(host)) {
    return "127.0.0.1";
  }
  const addresses = nodes.flatMap(({ status }) => status?.addresses ?? []);
  const found = ["ExternalIP", "InternalIP"].flatMap((type) => addresses.filter((address) => address.type === type));
  return inUrl(found.map(({ address }) => address).find((address) => isIP(address) !== 0) ?? host);
}
