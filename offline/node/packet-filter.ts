import { mustRun, run } from "../../lib/run.ts";
import { which } from "../../lib/which.ts";

/** The chains in what `iptables -S` prints that have the name of one of Kubernetes' or of a pod network's. */
export function clusterChains(listing: string): string[] {
  return listing.split("\n").flatMap((line) => /^-N ((?:KUBE|CNI)-\S+)/.exec(line)?.[1] ?? []);
}

/**
 * What `iptables-restore` has to do so that none of the cluster's chains is left of a table, which `iptables -S` prints.
 * @param others chains with such a name that somebody else has made
 * @returns undefined where there is nothing to do
 */
export function removal(table: string, listing: string, others: readonly string[] = []): string | undefined {
  const lines = listing.split("\n");
  const chains = clusterChains(listing).filter((chain) => !others.includes(chain));
  const isOurs = (chain: string): boolean => chains.includes(chain);
  const jumps = lines.filter((line) => {
    const [, chain = "", target = ""] = /^-A (\S+) .*?(?:-j|-g) (\S+)/.exec(line) ?? [];
    return !isOurs(chain) && isOurs(target);
  });
  if (chains.length === 0) {
    return undefined;
  }
  return [
    `*${table}`,
    ...jumps.map((line) => line.replace(/^-A/, "-D")),
    ...chains.map((chain) => `-F ${chain}`),
    ...chains.map((chain) => `-X ${chain}`),
    "COMMIT",
    "",
  ].join("\n");
}

/** What each table of IPv4's and IPv6's packet filter holds. */
async function listings(): Promise<{ program: string; table: string; listing: string }[]> {
  const found: { program: string; table: string; listing: string }[] = [];
  for (const program of ["iptables", "ip6tables"].filter((name) => which(name))) {
    for (const table of ["filter", "nat", "mangle"]) {
      const { code, stdout } = await run(program, ["-w", "-t", table, "-S"]);
      if (code === 0) {
        found.push({ program, table, listing: stdout });
      }
    }
  }
  return found;
}

/** The chains of other programs that use a pod network's plugins too, as podman may. */
export async function othersChains(): Promise<string[]> {
  const names = (await listings()).flatMap(({ listing }) => clusterChains(listing));
  return [...new Set(names.filter((name) => name.startsWith("CNI-")))];
}

/** Takes the cluster's chains out of the packet filter, all of a table at once; whatever else is there stays. */
export async function clearPacketFilter(others: readonly string[]): Promise<void> {
  for (const { program, table, listing } of await listings()) {
    const input = removal(table, listing, others);
    if (input !== undefined) {
      await mustRun(`${program}-restore`, ["-w", "--noflush"], { input });
    }
  }
}
