import { createHash } from "node:crypto";
import { join } from "node:path";
import { cacheRoot } from "../../lib/paths.ts";

/** Sockets and mounts. Short, because a socket's path may have no more than about 100 characters. */
export const runFolder = `/run/resume-k8s-${createHash("sha256").update(cacheRoot).digest("hex").slice(0, 8)}`;

/** containerd's socket. */
export const containerdSocket = join(runFolder, "containerd.sock");

/** The bridge that joins the pods, which carries the node's address. */
export const bridge = "resume-pods";

/** The ports on 127.0.0.1 of what only this machine talks to: not the usual ones, which may be another cluster's. */
export const ports = {
  etcd: 22379,
  etcdPeer: 22380,
  kubeletHealth: 22248,
  proxyHealth: 22256,
  proxyMetrics: 22249,
  controllerManager: 22257,
  scheduler: 22259,
};

/** The ports on the node's own address, which only this machine and its pods reach. */
export const nodePorts = { api: 6443, kubelet: 10250 };
