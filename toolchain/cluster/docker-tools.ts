import { writeFileSync } from "node:fs";
import { mustRun, run } from "../../lib/run.ts";
import { clusterName, inCluster, kubeconfigFile } from "../../offline/node/paths.ts";
import { kubernetesVersion } from "../../offline/node/programs.ts";

/** A program that runs a cluster in a container. What it finds in its environment is where Docker is. */
export type DockerTool = {
  /** The reference of its node's image; undefined where that can't be told. */
  image: () => Promise<string | undefined>;
  /** What the containers of our cluster are labelled with. */
  label: string;
  /**
   * Makes the cluster, waits until its node is ready, and writes our kubeconfig, never the user's.
   * @param registry where this machine reaches the cluster's registry
   */
  create: (image: string, registry: string, env: Record<string, string>) => Promise<void>;
  /** Whether there is a cluster of our name. */
  exists: (env: Record<string, string>) => Promise<boolean>;
  remove: (env: Record<string, string>) => Promise<void>;
  /** Whether its clusters come with metrics-server. */
  hasMetrics: boolean;
  /** Whether it makes the cluster's registry as well. */
  hasRegistry: boolean;
};

/** The node ports that a cluster in a container has, all published on 127.0.0.1: each costs a forwarding. */
const nodePorts = { first: 30080, last: 30099 };
const range = `${nodePorts.first}-${nodePorts.last}`;

/** The name of the cluster's registry, and the port that it serves, for the cluster's node. */
export const registryName = "resume-registry";
export const registryPort = 5000;

/** Where containerd in kind's node looks for how a registry is reached. */
export const registryFolder = "/etc/containerd/certs.d";

/** kind's settings: one node, which chooses node ports only where they are published. */
export const kindSettings = (): string => {
  const ports = Array.from({ length: nodePorts.last - nodePorts.first + 1 }, (_, offset) => nodePorts.first + offset);
  const apiServer = { extraArgs: { "service-node-port-range": range } };
  return JSON.stringify({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    containerdConfigPatches: [`[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "${registryFolder}"\n`],
    kubeadmConfigPatches: [JSON.stringify({ kind: "ClusterConfiguration", apiServer })],
    nodes: [
      {
        role: "control-plane",
        extraPortMappings: ports.map((port) => ({
          containerPort: port,
          hostPort: port,
          listenAddress: "127.0.0.1",
        })),
      },
    ],
  });
};

/** k3s' settings for registries: what the machine calls 127.0.0.1 is another container for the node. */
export const k3dRegistries = (registry: string): string =>
  JSON.stringify({ mirrors: { [registry]: { endpoint: [`http://${registryName}:${registryPort}`] } } });

/** The node's image that `k3d version` speaks of: its default k3s. */
export const k3dImage = (said: string): string | undefined => {
  const version = /^k3s version (v\S+)/m.exec(said)?.[1];
  return version === undefined ? undefined : `rancher/k3s:${version.replace("+", "-")}`;
};

const limitMs = 600_000;

/** What may run a cluster in a container, the one that is looked for first first. */
export const dockerTools: Record<"kind" | "k3d", DockerTool> = {
  kind: {
    image: async () => `kindest/node:${kubernetesVersion}`,
    label: `io.x-k8s.kind.cluster=${clusterName}`,
    create: async (image, _registry, env) => {
      const args = ["create", "cluster", "--name", clusterName, "--image", image, "--kubeconfig", kubeconfigFile];
      const input = kindSettings();
      await mustRun("kind", [...args, "--config", "-", "--wait", "120s"], { env, input, timeoutMs: limitMs });
    },
    exists: async (env) => (await mustRun("kind", ["get", "clusters"], { env })).split("\n").includes(clusterName),
    remove: async (env) => {
      // It takes the cluster out of a kubeconfig, which must not be the user's.
      const args = ["delete", "cluster", "--name", clusterName, "--kubeconfig", inCluster("kubeconfig")];
      await mustRun("kind", args, { env, timeoutMs: limitMs });
    },
    hasMetrics: false,
    hasRegistry: false,
  },
  k3d: {
    image: async () => k3dImage((await run("k3d", ["version"])).stdout),
    label: `k3d.cluster=${clusterName}`,
    create: async (image, registry, env) => {
      const registries = inCluster("registries.json");
      writeFileSync(registries, k3dRegistries(registry));
      const settings = ["--kubeconfig-update-default=false", "--kubeconfig-switch-context=false"];
      const server = ["--disable=traefik", `--service-node-port-range=${range}`];
      const args = [
        ...["cluster", "create", clusterName, "--image", image, ...settings, "--wait"],
        ...["--registry-create", `${registryName}:${registry}`, "--registry-config", registries],
        ...["--port", `127.0.0.1:${range}:${range}@server:0`],
        ...server.flatMap((argument) => ["--k3s-arg", `${argument}@server:0`]),
      ];
      await mustRun("k3d", args, { env, timeoutMs: limitMs });
      writeFileSync(kubeconfigFile, await mustRun("k3d", ["kubeconfig", "get", clusterName], { env }), { mode: 0o600 });
    },
    exists: async (env) => {
      const listed = await mustRun("k3d", ["cluster", "list", "--no-headers"], { env });
      return listed.split("\n").some((line) => line.split(/\s/)[0] === clusterName);
    },
    remove: async (env) => {
      await mustRun("k3d", ["cluster", "delete", clusterName], { env, timeoutMs: limitMs });
    },
    hasMetrics: true,
    hasRegistry: true,
  },
};
