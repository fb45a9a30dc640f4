import assert from "node:assert/strict";
import { createHash, createPublicKey, X509Certificate } from "node:crypto";
import { createSocket } from "node:dgram";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { KubeConfig } from "@kubernetes/client-node";
import { extract } from "tar-stream";
import { unmetReason } from "../../lib/cluster/api.ts";
import { renderKubeconfig } from "../../lib/cluster/kubeconfig.ts";
import { kubeconfigFile } from "../../lib/cluster/place.ts";
import { UserError } from "../../lib/user-error.ts";
import { corefile } from "../node/addons.ts";
import { holders, makeAuthority, makeCertificates } from "../node/certificates.ts";
import { componentNames, components, marks } from "../node/components.ts";
import { imageArchive, imageReference } from "../node/local-images.ts";
import { waitUntilNamesResolve } from "../node/names.ts";
import { chooseNetworks, overlap, routedRanges } from "../node/networks.ts";
import { removal } from "../node/packet-filter.ts";
import { bridge, containerdSocket } from "../node/paths.ts";
import { kubernetesVersion } from "../node/programs.ts";
import {
  containerdSettings,
  kubeletSettings,
  nameServers,
  networkSettings,
  proxySettings,
  registrySettings,
} from "../node/settings.ts";

const networks = chooseNetworks([]);

test("pods and services get ranges that nothing on the machine has", () => {
  assert.deepEqual(networks, {
    pods: "10.201.0.0/16",
    node: "10.201.0.1",
    services: "10.202.0.0/16",
    api: "10.202.0.1",
    dns: "10.202.0.10",
  });
  assert.equal(chooseNetworks(["10.202.3.0/24"]).pods, "10.211.0.0/16");
  assert.equal(chooseNetworks(["10.0.0.0/8", "172.17.0.0/16"]).pods, "172.30.0.0/16");
  assert.equal(chooseNetworks(["10.0.0.0/8", "172.16.0.0/12"]).services, "198.19.0.0/16");
  assert.throws(() => chooseNetworks(["10.0.0.0/8", "172.16.0.0/12", "198.18.4.4"]), UserError);
});

test("ranges overlap when one holds the other, and only then", () => {
  assert.ok(overlap("10.0.0.0/8", "10.201.4.0/24"));
  assert.ok(overlap("10.201.4.0/24", "10.0.0.0/8"));
  assert.ok(overlap("10.1.2.3", "10.1.2.3/32"));
  assert.ok(!overlap("10.201.0.0/16", "10.202.0.0/16"));
  assert.ok(!overlap("172.16.0.0/12", "172.32.0.1"));
});

test("the machine's routes are read, the default one is not", () => {
  const listing = `default via 192.168.1.1 dev eth0
172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 linkdown
unreachable 10.9.0.0/16 metric 4
192.168.1.7 dev eth0 scope link`;
  assert.deepEqual(routedRanges(listing), ["172.17.0.0/16", "10.9.0.0/16", "192.168.1.7"]);
});

test("each certificate is signed by its authority, for the user, group and hosts that Kubernetes reads off it", async () => {
  const files = await makeCertificates(networks);
  const parsed = (name: string) => new X509Certificate(files[`${name}.pem`] ?? "");
  const signer = { cluster: "cluster", etcd: "etcd-authority", "front-proxy": "front-proxy" };
  for (const [name, { authority }] of Object.entries(holders(networks))) {
    for (const [other, file] of Object.entries(signer)) {
      assert.equal(parsed(name).verify(parsed(file).publicKey), other === authority, `${name}, ${other}`);
    }
    assert.ok(parsed(name).checkIssued(parsed(signer[authority])), name);
    assert.equal(parsed(name).ca, false);
    assert.ok(parsed(name).validToDate.getTime() > Date.now() + 9 * 365 * 86_400_000);
    const ownKey = createPublicKey(files[`${name}.key`] ?? "").export({ type: "spki", format: "pem" });
    assert.equal(parsed(name).publicKey.export({ type: "spki", format: "pem" }), ownKey);
  }
  for (const file of Object.values(signer)) {
    assert.equal(parsed(file).ca, true);
  }
  assert.match(parsed("kubelet").subject, /CN=system:node:resume/);
  assert.match(parsed("kubelet").subject, /O=system:nodes/);
  assert.match(parsed("admin").subject, /O=system:masters/);
  for (const address of [networks.node, networks.api, "127.0.0.1"]) {
    assert.equal(parsed("kube-apiserver").checkIP(address), address);
  }
  assert.ok(parsed("kube-apiserver").checkHost("kubernetes.default.svc"));
  assert.equal(parsed("kube-apiserver").checkIP("10.0.0.1"), undefined);
  assert.equal(parsed("kube-proxy").checkHost("localhost"), undefined);
  assert.match(files["service-accounts.pub"] ?? "", /BEGIN PUBLIC KEY/);
});

test("a kubeconfig is read as it was written, and one without a certificate is refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
  try {
    const client = await makeAuthority("client");
    const access = { server: "https://10.201.0.1:6443", authority: client.certificate, client };
    const file = join(folder, "kubeconfig");
    writeFileSync(file, renderKubeconfig(access));
    const config = new KubeConfig();
    config.loadFromFile(file);
    const decoded = (text = "") => Buffer.from(text, "base64").toString();
    const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()];
    const pair = { certificate: decoded(user?.certData), key: decoded(user?.keyData) };
    assert.deepEqual({ server: cluster?.server, authority: decoded(cluster?.caData), client: pair }, access);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the node's settings name our own addresses, ports and folders", () => {
  const kubelet = JSON.parse(kubeletSettings(networks));
  assert.equal(kubelet.address, networks.node);
  assert.deepEqual(kubelet.clusterDNS, [networks.dns]);
  assert.equal(kubelet.containerRuntimeEndpoint, `unix://${containerdSocket}`);
  assert.equal(kubelet.authentication.anonymous.enabled, false);
  assert.deepEqual(
    [kubelet.failCgroupV1, kubelet.failSwapOn, kubelet.localStorageCapacityIsolation, kubelet.cgroupDriver],
    [false, false, false, "cgroupfs"],
  );
  const network = JSON.parse(networkSettings(networks));
  assert.deepEqual(
    network.plugins.map(({ type }: { type: string }) => type),
    ["bridge", "portmap", "firewall"],
  );
  assert.equal(network.plugins[0].bridge, bridge);
  assert.ok(bridge.length <= 15, "the kernel takes no longer name");
  assert.deepEqual(network.plugins[0].ipam.ranges, [[{ subnet: networks.pods }]]);
  const proxy = JSON.parse(proxySettings(networks));
  assert.deepEqual(proxy.nodePortAddresses, ["127.0.0.0/8", networks.pods]);
  assert.equal(proxy.mode, "iptables");
  const containerd = containerdSettings("/plugins");
  assert.ok(containerd.includes(`sandbox_image = "${imageReference("pause")}"`));
  assert.ok(containerd.includes('bin_dir = "/plugins"'));
  assert.ok(containerdSocket.length < 100);
  assert.match(registrySettings("127.0.0.1:5055"), /^\[host\."http:\/\/127\.0\.0\.1:5055"\]$/m);
});

test("every component has a command with a mark of its own, and listens nowhere but on this machine", () => {
  const runtime = { containerd: "/usr/bin/containerd", ctr: "/usr/bin/ctr", path: [], plugins: "/plugins" };
  const all = components({ bin: "/bin", images: "/images" }, runtime, networks);
  assert.deepEqual(
    all.map(({ name }) => name),
    [...componentNames],
  );
  for (const { name, command } of all) {
    const line = command.join(" ");
    const marked = componentNames.filter((other) => line.includes(marks[other]));
    assert.deepEqual(marked, [name]);
    assert.ok(!line.includes("0.0.0.0"), line);
  }
  assert.equal(new Set(Object.values(marks)).size, componentNames.length);
  assert.match(kubernetesVersion, /^v1\.\d+\.\d+$/);
  assert.match(kubeconfigFile, /cluster\/kubeconfig$/);
});

test("every part of Kubernetes that go.mod replaces has the version that belongs to Kubernetes' own", () => {
  const file = readFileSync(join(import.meta.dirname, "../node/programs/kubernetes/go.mod"), "utf8");
  const versions = [...file.matchAll(/^\tk8s\.io\/\S+ => k8s\.io\/\S+ (\S+)$/gm)].map(([, version]) => version);
  assert.ok(versions.length > 25);
  assert.deepEqual([...new Set(versions)], [kubernetesVersion.replace(/^v1\./, "v0.")]);
});

test("the name server is waited for until it gives the right address, and its last answer is told", async () => {
  const server = createSocket("udp4");
  const questions: Buffer[] = [];
  server.on("message", (question, peer) => {
    questions.push(question);
    // The same message as an answer: no error, no address.
    const answer = Buffer.from(question);
    answer.writeUInt16BE(0x8400, 2);
    server.send(answer, peer.port, peer.address);
  });
  await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
  try {
    const dns = `127.0.0.1:${server.address().port}`;
    await assert.rejects(
      waitUntilNamesResolve({ ...networks, dns }, 300),
      /does not give 10\.202\.0\.1 for kubernetes\.default\.svc\.cluster\.local within 0\.3 s: .*ENODATA/,
    );
    assert.ok(questions.length >= 2);
  } finally {
    server.close();
  }
});

test("name servers that only the machine itself reaches are not handed to pods", () => {
  const text =
    "# systemd\nnameserver 127.0.0.53\nsearch home\nnameserver 10.0.0.2\n nameserver fd00::1\nnameserver ::1\n";
  assert.deepEqual(nameServers(text), ["10.0.0.2", "fd00::1"]);
  assert.match(corefile(true), /^ {2}forward \. \/etc\/resolv\.conf$/m);
  assert.doesNotMatch(corefile(false), /forward/);
});

test("of the packet filter only the cluster's chains are taken away", () => {
  const listing = `-P FORWARD DROP
-N CNI-FORWARD
-N CNI-PODMAN
-N DOCKER
-N KUBE-FORWARD
-N KUBE-SEP-A
-A FORWARD -m comment --comment "CNI firewall plugin rules" -j CNI-FORWARD
-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
-A FORWARD -j CNI-PODMAN
-A FORWARD -o docker0 -j DOCKER
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-SEP-A -s 10.201.0.5/32 -j KUBE-FORWARD`;
  assert.equal(
    removal("filter", listing, ["CNI-PODMAN"]),
    `*filter
-D FORWARD -m comment --comment "CNI firewall plugin rules" -j CNI-FORWARD
-D FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
-F CNI-FORWARD
-F KUBE-FORWARD
-F KUBE-SEP-A
-X CNI-FORWARD
-X KUBE-FORWARD
-X KUBE-SEP-A
COMMIT
`,
  );
  assert.equal(removal("filter", "-P FORWARD DROP\n-N DOCKER\n-A FORWARD -j DOCKER"), undefined);
});

/** The files of a tar archive, by name. */
async function unpack(archive: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for await (const entry of Readable.from([archive]).pipe(extract())) {
    files.set(entry.header.name, await buffer(entry));
  }
  return files;
}

test("a local image holds one program, whose layer has the digest that the image names", async () => {
  const archive = await imageArchive("pause", Buffer.from("program"), "amd64");
  assert.deepEqual(await imageArchive("pause", Buffer.from("program"), "amd64"), archive);
  const files = await unpack(archive);
  const [manifest] = JSON.parse(files.get("manifest.json")?.toString() ?? "");
  assert.deepEqual(manifest.RepoTags, [imageReference("pause")]);
  const config = JSON.parse(files.get(manifest.Config)?.toString() ?? "");
  const layer = files.get(manifest.Layers[0]) ?? Buffer.alloc(0);
  assert.deepEqual(config.rootfs.diff_ids, [`sha256:${createHash("sha256").update(layer).digest("hex")}`]);
  assert.deepEqual(config.config, { Entrypoint: ["/pause"], User: "65532:65532" });
  assert.equal((await unpack(layer)).get("pause")?.toString(), "program");
});

test("an object's conditions say why they are not met", () => {
  const object = { status: { conditions: [{ type: "Ready", status: "False", message: "no network" }] } };
  assert.equal(unmetReason(object, "Ready"), "no network");
  assert.equal(unmetReason({ status: { conditions: [{ type: "Ready", status: "True" }] } }, "Ready"), undefined);
  assert.equal(unmetReason(undefined, "Ready"), "nothing is known yet");
});
