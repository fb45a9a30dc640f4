import { clusterName, inCluster } from "../../lib/cluster/place.ts";
import { imageReference } from "./local-images.ts";
import type { Networks } from "./networks.ts";
import { bridge, containerdSocket, nodePorts, ports, runFolder } from "./paths.ts";

/** The settings files of the node's programs. Each is JSON, which is YAML too, but for containerd's, which is TOML. */

function certificate(name: string): string {
  return inCluster("certificates", `${name}.pem`);
}
function key(name: string): string {
  return inCluster("certificates", `${name}.key`);
}

/** The folder that containerd reads the pods' network from. */
export const networkFolder = inCluster("network.d");

/** containerd's settings. It shares nothing with a containerd of Docker's or of the machine. */
export function containerdSettings(pluginFolder: string): string {
  return `version = 2
root = "${inCluster("containerd")}"
state = "${runFolder}/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]

[grpc]
address = "${containerdSocket}"

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${imageReference("pause")}"
restrict_oom_score_adj = true
netns_mounts_under_state_dir = true
stream_server_address = "127.0.0.1"
stream_server_port = "0"

[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "overlayfs"

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "${pluginFolder}"
conf_dir = "${networkFolder}"

[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "${inCluster("registries.d")}"
`;
}

/** Lets containerd reach a registry of this machine without TLS, as it serves no other machine. */
export function registrySettings(address: string): string {
  return `server = "http://${address}"

[host."http://${address}"]
capabilities = ["pull", "resolve"]
`;
}

/** The pods' network: a bridge with a range of addresses, host ports, and rules that let pods pass the packet filter. */
export function networkSettings({ pods }: Networks): string {
  return JSON.stringify(
    {
      cniVersion: "0.4.0",
      name: "resume-pods",
      plugins: [
        {
          type: "bridge",
          bridge,
          isGateway: true,
          ipMasq: true,
          hairpinMode: true,
          ipam: {
            type: "host-local",
            ranges: [[{ subnet: pods }]],
            routes: [{ dst: "0.0.0.0/0" }],
            dataDir: inCluster("addresses"),
          },
        },
        { type: "portmap", capabilities: { portMappings: true } },
        { type: "firewall", backend: "iptables" },
      ],
    },
    null,
    2,
  );
}

/** The kubelet's settings. Those about cgroups let it run on a machine with cgroup v1, where systemd need not be. */
export function kubeletSettings({ node, dns }: Networks): string {
  return JSON.stringify(
    {
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      address: node,
      port: nodePorts.kubelet,
      healthzBindAddress: "127.0.0.1",
      healthzPort: ports.kubeletHealth,
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true },
        x509: { clientCAFile: certificate("cluster") },
      },
      authorization: { mode: "Webhook" },
      tlsCertFile: certificate("kubelet-server"),
      tlsPrivateKeyFile: key("kubelet-server"),
      containerRuntimeEndpoint: `unix://${containerdSocket}`,
      clusterDNS: [dns],
      clusterDomain: "cluster.local",
      resolvConf: inCluster("resolv.conf"),
      podLogsDir: inCluster("logs/pods"),
      volumePluginDir: inCluster("volume-plugins"),
      cgroupDriver: "cgroupfs",
      failCgroupV1: false,
      failSwapOn: false,
      localStorageCapacityIsolation: false,
      serializeImagePulls: false,
      // The disk is the user's, and may be fuller than a server's: a full disk deletes no image and evicts no pod.
      imageGCHighThresholdPercent: 100,
      evictionHard: { "memory.available": "100Mi", "nodefs.available": "0%", "imagefs.available": "0%" },
    },
    null,
    2,
  );
}

/** kube-proxy's settings. Node ports are for this machine only, and its connection table stays as it is. */
export function proxySettings({ pods }: Networks): string {
  return JSON.stringify(
    {
      apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
      kind: "KubeProxyConfiguration",
      mode: "iptables",
      clientConnection: { kubeconfig: inCluster("kube-proxy.kubeconfig") },
      hostnameOverride: clusterName,
      clusterCIDR: pods,
      healthzBindAddress: `127.0.0.1:${ports.proxyHealth}`,
      metricsBindAddress: `127.0.0.1:${ports.proxyMetrics}`,
      // With so few services, all rules are written as soon as something changes.
      iptables: { minSyncPeriod: "100ms" },
      nodePortAddresses: ["127.0.0.0/8", pods],
      conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    },
    null,
    2,
  );
}

/** The name servers for names outside the cluster: the machine's, without those that only it can reach. */
export function nameServers(resolvConf: string): string[] {
  return resolvConf.split("\n").flatMap((line) => {
    const address = /^\s*nameserver\s+(\S+)/.exec(line)?.[1];
    return address === undefined || address.startsWith("127.") || address === "::1" ? [] : [address];
  });
}
