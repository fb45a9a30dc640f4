import assert from "node:assert/strict";
import { test } from "node:test";
import { containerIdIn } from "../src/metrics/container-id.ts";

const id = "ed20ad68d8f21f5fb5472e7dec4357d1c3f50cc60b1f776809c1833451778de4";
const other = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const pod = "3f0c2a51-7a1c-4f7e-9d0a-1b2c3d4e5f60";

const mounts = (source: string): string =>
  [
    `463 454 0:37 /docker/${other} /sys/fs/cgroup/systemd ro,nosuid,nodev,noexec,relatime - cgroup cgroup rw,name=systemd`,
    `469 449 254:0 ${source} /etc/hosts ro,relatime - ext4 /dev/vda rw`,
    "",
  ].join("\n");

test("the container's id is found on Docker, the pod's on Kubernetes, also on a node that is a container", () => {
  assert.equal(containerIdIn(mounts(`/var/lib/docker/containers/${id}/hosts`)), "ed20ad68d8f2");
  assert.equal(containerIdIn(mounts(`/var/lib/kubelet/pods/${pod}/etc-hosts`)), "3f0c2a51-7a1");
  const onNode = `/var/lib/docker/volumes/${other}/_data/lib/kubelet/pods/${pod}/etc-hosts`;
  assert.equal(containerIdIn(mounts(onNode)), "3f0c2a51-7a1");
});

test("without such a mount there is no id", () => {
  assert.equal(containerIdIn(""), "");
  assert.equal(containerIdIn(mounts("/etc/hosts")), "");
});
