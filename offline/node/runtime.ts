import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { installPackages, unpackPackage } from "../../lib/debian.ts";
import { makeFolder } from "../../lib/make.ts";
import { inCache } from "../../lib/paths.ts";
import { say, withProgress } from "../../lib/report.ts";
import { UserError } from "../../lib/user-error.ts";
import { which } from "../../lib/which.ts";

/** The container runtime of the node. */
export type Runtime = {
  containerd: string;
  /** containerd's own client, which imports images. */
  ctr: string;
  /** The folders of containerd's shim and of runc. */
  path: string[];
  /** The folder of the programs that join a pod to the network. */
  plugins: string;
};

/** The programs of a Debian package: on PATH, or unpacked into the cache; the machine itself stays as it is. */
async function fromPackage(name: string, programs: string[]): Promise<string[]> {
  const onPath = programs.flatMap((program) => which(program) ?? []);
  if (onPath.length === programs.length) {
    return onPath;
  }
  const folder = inCache("cluster-packages", name);
  if (!existsSync(folder)) {
    await makeFolder(folder, (temporary) => unpackPackage(name, temporary));
  }
  const path = ["usr/bin", "usr/sbin", "usr/lib/cni"].map((part) => join(folder, part)).join(":");
  return programs.map((program) => {
    const file = which(program, path);
    if (!file) {
      throw new UserError(`cluster: Debian's package ${name} has no program ${program}.`);
    }
    return file;
  });
}

/** Finds containerd, runc and the network's plugins, or unpacks Debian's. @throws {UserError} that says what to do */
export async function findRuntime(): Promise<Runtime> {
  const missing = ["iptables", "ip"].filter((name) => !which(name));
  if (missing.length > 0) {
    await withProgress("node", "installing Debian's iptables and iproute2", () =>
      installPackages(["iptables", "iproute2"]),
    );
  }
  const [containerd = "", ctr = "", shim = ""] = await fromPackage("containerd", [
    "containerd",
    "ctr",
    "containerd-shim-runc-v2",
  ]);
  const [runc = ""] = await fromPackage("runc", ["runc"]);
  const [plugin = ""] = await fromPackage("containernetworking-plugins", [
    "bridge",
    "host-local",
    "portmap",
    "firewall",
  ]);
  say("node", `containerd ${containerd}, runc ${runc}, network plugins in ${dirname(plugin)}`);
  return { containerd, ctr, path: [dirname(shim), dirname(runc)], plugins: dirname(plugin) };
}
