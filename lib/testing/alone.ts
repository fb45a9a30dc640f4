import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { isRoot } from "../debian.ts";
import { inCache } from "../paths.ts";
import { mustRun } from "../run.ts";
import { which } from "../which.ts";

/** The reason to skip a test that makes a Kubernetes node; false where it can run. */
export const skipWithoutNode: false | string =
  process.platform === "linux" && isRoot() && ["go", "apt-get", "ip", "unshare"].every((name) => which(name))
    ? false
    : "needs a Debian, root, Go, ip and unshare";

/**
 * Runs a Node program in its own network, process and mount namespaces, so that its cluster does not conflict with the
 * machine's.
 * @param cache the program's RESUME_TOOLCHAIN_DIR
 * @returns its stdout
 */
export function runAlone(cache: string, program: string, ...args: string[]): Promise<string> {
  const namespaces = ["--net", "--pid", "--mount", "--fork", "--mount-proc"];
  const script = [
    // Hides the kubelet's fixed folders: a kubelet of the machine may be using them.
    'for place in /var/lib /var/log; do mount -t tmpfs none "$place"; done',
    "ip link set lo up",
    // Docker sets this policy, too.
    "iptables -P FORWARD DROP",
    'exec "$@"',
  ].join("; ");
  const env = { RESUME_TOOLCHAIN_DIR: cache };
  const command = ["sh", "-ec", script, "sh", process.execPath, program, ...args];
  return mustRun("unshare", [...namespaces, ...command], { env, timeoutMs: 400_000 });
}

/** Makes a cache with links to those parts of this machine's cache that take long to build. It is removed after the tests. */
export function sharedCache(...kept: string[]): string {
  const made = mkdtempSync(join(tmpdir(), "cluster-"));
  after(() => rmSync(made, { recursive: true, force: true }));
  for (const name of ["cluster-programs", "cluster-packages", ...kept].filter((entry) => existsSync(inCache(entry)))) {
    symlinkSync(inCache(name), join(made, name));
  }
  return made;
}
