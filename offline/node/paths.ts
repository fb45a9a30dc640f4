import { createHash } from "node:crypto";
import { join } from "node:path";
import { cacheRoot } from "../../lib/paths.ts";

/** The folder of sockets and mounts. It is short, because a socket's path is limited to about 100 characters. */
export const runFolder = `/run/resume-k8s-${createHash("sha256").update(cacheRoot).digest("hex").slice(0, 8)}`;

/** containerd's socket. */
export const containerdSocket = join(runFolder, "containerd.sock");

/** The bridge that joins the pods, which carries the node's address. */
export const bridge = "resume-pods";

/** Ports on 127.0.0.1, for this machine only. They are not the default ones, which another cluster may use. */
export const ports = {
  etcd: 22379,
  etcdPeer: 22380,
  kubeletHealth: 22248,
  proxyHealth: 22256,
  proxyMetrics: 22249,
  controllerManager: 22257,
  scheduler: 22259,
};

/** Ports on the node's own address. Only this machine and its pods reach it. */
export const nodePorts = { api: 6443, kubelet: 10250 };
