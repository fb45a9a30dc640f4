import { rm } from "node:fs/promises";
import { unmountBelow } from "../../lib/mounts.ts";
import { mustRun, run } from "../../lib/run.ts";

/** What happens to forwarded packets that no rule speaks of: ACCEPT or DROP. */
export async function forwardPolicy(): Promise<string> {
  const rules = await run("iptables", ["-w", "-S", "FORWARD"]);
  return /^-P FORWARD (\w+)/m.exec(rules.stdout)?.[1] ?? "ACCEPT";
}

/** Docker's own rules among what `iptables -S` prints: those that name one of its chains or bridges. */
export function dockerRules(listing: string): string[] {
  return listing
    .split("\n")
    .filter((line) => /^-A /.test(line) && /\bDOCKER\b|\bDOCKER-|\bdocker0\b|\bbr-[0-9a-f]{12}\b/.test(line));
}

/** Docker's own chains among what `iptables -S` prints. */
export function dockerChains(listing: string): string[] {
  return listing.split("\n").flatMap((line) => /^-N (DOCKER\S*)$/.exec(line)?.[1] ?? []);
}

/** Takes away the packet filter rules, chains and bridges that a stopped dockerd leaves. */
async function removeNetwork(policy: string): Promise<void> {
  for (const table of ["nat", "filter"]) {
    const listing = (await run("iptables", ["-w", "-t", table, "-S"])).stdout;
    for (const rule of dockerRules(listing)) {
      const words = (rule.match(/"[^"]*"|\S+/g) ?? []).slice(1).map((word) => word.replaceAll('"', ""));
      await mustRun("iptables", ["-w", "-t", table, "-D", ...words]);
    }
    for (const chain of dockerChains(listing)) {
      await mustRun("iptables", ["-w", "-t", table, "-X", chain]);
    }
  }
  await mustRun("iptables", ["-w", "-P", "FORWARD", policy]);
  const links = (await run("ip", ["-o", "link", "show", "type", "bridge"])).stdout;
  for (const [, name] of links.matchAll(/^\d+: (docker0|br-[0-9a-f]{12}):/gm)) {
    if (name) {
      await mustRun("ip", ["link", "delete", name]);
    }
  }
}

/**
 * Takes away what our stopped engine leaves on the machine.
 * @param alone whether no other dockerd runs, so that Docker's rules and bridges can only be ours
 */
export async function removeLeftovers(
  places: { folder: string; runFolder: string },
  alone: boolean,
  policy: string,
): Promise<void> {
  if (alone) {
    await removeNetwork(policy);
  }
  await unmountBelow([places.folder, places.runFolder]);
  await rm(places.runFolder, { recursive: true, force: true });
}
