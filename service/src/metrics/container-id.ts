import { existsSync, readFileSync } from "node:fs";

/**
 * The id of the container that a mountinfo file is of, on Kubernetes of the pod; empty where there is none. It stays when the
 * container is started again, and changes when it is created anew. The runtime mounts /etc/hosts from a folder with this id.
 */
export function containerIdIn(mountinfo: string): string {
  const fields = mountinfo.split("\n").map((line) => line.split(" "));
  const [, , , source = ""] = fields.find(([, , , , mountPoint]) => mountPoint === "/etc/hosts") ?? [];
  return (
    source
      .match(/[0-9a-f-]{32,}/g)
      ?.at(-1)
      ?.slice(0, 12) ?? ""
  );
}

const ownMounts = "/proc/self/mountinfo";

/** The id of this process' container; empty on systems without /proc. */
export function containerId(): string {
  return existsSync(ownMounts) ? containerIdIn(readFileSync(ownMounts, "utf8")) : "";
}
