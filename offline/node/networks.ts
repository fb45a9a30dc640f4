import { UserError } from "../../lib/user-error.ts";

/** The addresses of the cluster, all of this machine alone. */
export type Networks = {
  /** The pods' range, as `10.201.0.0/16`. */
  pods: string;
  /** The node's address: the first one of the pods' range, on the bridge. */
  node: string;
  /** The range of the services' addresses. */
  services: string;
  /** The address of the service `kubernetes`. */
  api: string;
  /** The address of the cluster's name server. */
  dns: string;
};

/** Ranges of private use, and the ones for measuring devices, each pair beside each other. */
const candidates = ["10.201 10.202", "10.211 10.212", "172.30 172.31", "198.18 198.19"];

/** First and last address of a range as numbers. A plain address is a range of one. */
function span(range: string): [number, number] {
  const [address = "", bits = "32"] = range.split("/");
  const first = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return [first, first + 2 ** (32 - Number(bits)) - 1];
}

/** Whether two IPv4 ranges have an address in common. */
export function overlap(one: string, other: string): boolean {
  const [[first, last], [otherFirst, otherLast]] = [span(one), span(other)];
  return first <= otherLast && otherFirst <= last;
}

/** The ranges in the output of `ip -4 route`, without the default route. */
export function routedRanges(listing: string): string[] {
  return listing.split("\n").flatMap((line) => /^(?:\w+ )?(\d+\.\d+\.\d+\.\d+(?:\/\d+)?) /.exec(line)?.[1] ?? []);
}

/** Chooses ranges that overlap no route of the machine. @throws {UserError} when all are taken */
export function chooseNetworks(routes: string[]): Networks {
  for (const pair of candidates) {
    const [pods = "", services = ""] = pair.split(" ");
    const networks = {
      pods: `${pods}.0.0/16`,
      node: `${pods}.0.1`,
      services: `${services}.0.0/16`,
      api: `${services}.0.1`,
      dns: `${services}.0.10`,
    };
    if (!routes.some((route) => overlap(route, networks.pods) || overlap(route, networks.services))) {
      return networks;
    }
  }
  throw new UserError(
    `cluster: this machine has routes into every range that pods could have (${candidates.join(", ")}); remove one.`,
  );
}
