import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { mustRun, run } from "../../lib/run.ts";
import type { Networks } from "./networks.ts";
import { clearPacketFilter, othersChains } from "./packet-filter.ts";
import { bridge } from "./paths.ts";

/** The machine before the cluster: everything that the cluster changes outside its own folders. */
export type Before = {
  /** Kernel settings by their path below /proc/sys. */
  kernel: Record<string, string>;
  /** Fixed folders of the kubelet and the pods' network that did not exist. */
  absent: string[];
  /** Chains of the packet filter with the name of a pod network's that belong to another program. */
  chains: string[];
};

/** The kernel settings that the kubelet and kube-proxy change, and that nobody else on the machine counts on. */
const kernelSettings = [
  "kernel/panic",
  "kernel/panic_on_oops",
  "net/ipv4/conf/all/route_localnet",
  "vm/overcommit_memory",
  "vm/panic_on_oom",
];

const fixedPlaces = ["/var/lib/cni", "/var/lib/kubelet", "/var/log/containers"];

function read(setting: string): string {
  return readFileSync(join("/proc/sys", setting), "utf8").trim();
}

/** Notes what is there before the cluster is. */
export async function noteBefore(): Promise<Before> {
  return {
    kernel: Object.fromEntries(kernelSettings.map((setting) => [setting, read(setting)])),
    absent: fixedPlaces.filter((path) => !existsSync(path)),
    chains: await othersChains(),
  };
}

/** Restores the machine as it was before. */
export async function restore({ kernel, absent, chains }: Before): Promise<void> {
  await clearPacketFilter(chains);
  for (const [setting, value] of Object.entries(kernel)) {
    if (read(setting) !== value) {
      writeFileSync(join("/proc/sys", setting), value);
    }
  }
  for (const path of absent) {
    await rm(path, { recursive: true, force: true });
  }
}

/**
 * Switches on forwarding, and the packet filter for what passes between pods. Both stay on afterwards: Docker needs
 * them too, and may have come since.
 */
export async function allowForwarding(): Promise<void> {
  const filtered = "/proc/sys/net/bridge/bridge-nf-call-iptables";
  if (!existsSync(filtered)) {
    await mustRun("modprobe", ["br_netfilter"]);
  }
  for (const file of [filtered, "/proc/sys/net/ipv4/ip_forward"]) {
    if (readFileSync(file, "utf8").trim() !== "1") {
      writeFileSync(file, "1");
    }
  }
}

/**
 * Makes the pods' bridge, with the node's address on it, unless it is there. Services' addresses lead to it as well:
 * until kube-proxy knows a service, what is sent to it must end there, and not leave the machine.
 */
export async function makeBridge({ node, services }: Networks): Promise<void> {
  if ((await run("ip", ["link", "show", bridge])).code !== 0) {
    await mustRun("ip", ["link", "add", bridge, "type", "bridge"]);
  }
  await mustRun("ip", ["address", "replace", `${node}/16`, "dev", bridge]);
  await mustRun("ip", ["link", "set", bridge, "up"]);
  await mustRun("ip", ["route", "replace", services, "dev", bridge, "src", node]);
}

/** Removes the bridge and everything that is attached to it. */
export async function removeBridge(): Promise<void> {
  if ((await run("ip", ["link", "show", bridge])).code === 0) {
    await mustRun("ip", ["link", "delete", bridge]);
  }
}
