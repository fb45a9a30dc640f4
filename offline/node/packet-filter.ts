import { mustRun, run } from "../../lib/run.ts";
import { which } from "../../lib/which.ts";

/** The chains in the output of `iptables -S` with a name of Kubernetes' or of a pod network's. */
export function clusterChains(listing: string): string[] {
  return listing.split("\n").flatMap((line) => /^-N ((?:KUBE|CNI)-\S+)/.exec(line)?.[1] ?? []);
}

/**
 * The input for `iptables-restore` that removes the cluster's chains from a table, given the output of `iptables -S`.
 * @param others chains with such a name that belong to other programs
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

/** The rules of each table of the packet filter, for IPv4 and IPv6. */
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

/** Chains of other programs that use the same network plugins, such as podman. */
export async function othersChains(): Promise<string[]> {
  const names = (await listings()).flatMap(({ listing }) => clusterChains(listing));
  return [...new Set(names.filter((name) => name.startsWith("CNI-")))];
}

/** Removes the cluster's chains from the packet filter, a whole table at once. Everything else stays. */
export async function clearPacketFilter(others: readonly string[]): Promise<void> {
  for (const { program, table, listing } of await listings()) {
    const input = removal(table, listing, others);
    if (input !== undefined) {
      await mustRun(`${program}-restore`, ["-w", "--noflush"], { input });
    }
  }
}
