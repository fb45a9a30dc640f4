import { join } from "node:path";
import { clusterName, inCluster } from "../../lib/cluster/place.ts";
import { cgroupName } from "./cgroups.ts";
import type { Networks } from "./networks.ts";
import { containerdSocket, nodePorts, ports } from "./paths.ts";
import type { Programs } from "./programs.ts";
import type { Runtime } from "./runtime.ts";

/** A program of the cluster that runs in the background on this machine. */
export type Component = {
  name: ComponentName;
  command: string[];
  /** The file that it reads once, when it starts. */
  settings?: string;
};

/** In the order that they are started; they are stopped the other way round. */
export const componentNames = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "containerd",
  "kubelet",
  "kube-proxy",
  "local-volumes",
] as const;

export type ComponentName = (typeof componentNames)[number];

const settings: Partial<Record<ComponentName, string>> = {
  containerd: inCluster("containerd.toml"),
  kubelet: inCluster("kubelet.json"),
  "kube-proxy": inCluster("kube-proxy.json"),
};

/** A part of each component's command line that no other process has. */
export const marks: Record<ComponentName, string> = {
  etcd: `--data-dir=${inCluster("etcd")}`,
  "kube-apiserver": `--tls-cert-file=${inCluster("certificates/kube-apiserver.pem")}`,
  "kube-controller-manager": `--kubeconfig=${inCluster("kube-controller-manager.kubeconfig")}`,
  "kube-scheduler": `--kubeconfig=${inCluster("kube-scheduler.kubeconfig")}`,
  containerd: `--config=${inCluster("containerd.toml")}`,
  kubelet: `--config=${inCluster("kubelet.json")}`,
  "kube-proxy": `--config=${inCluster("kube-proxy.json")}`,
  "local-volumes": `--kubeconfig=${inCluster("local-volumes.kubeconfig")}`,
};

/** The provisioner's name in the storage class: local-volumes answers to it. */
export const volumeProvisioner = "resume.local/volumes";

function pem(name: string): string {
  return inCluster("certificates", `${name}.pem`);
}
function key(name: string): string {
  return inCluster("certificates", `${name}.key`);
}

function etcd(): string[] {
  const client = `https://127.0.0.1:${ports.etcd}`;
  const peer = `https://127.0.0.1:${ports.etcdPeer}`;
  return [
    `--name=${clusterName}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=${clusterName}=${peer}`,
    ...["", "peer-"].flatMap((kind) => [
      `--${kind}client-cert-auth`,
      `--${kind}trusted-ca-file=${pem("etcd-authority")}`,
      `--${kind}cert-file=${pem("etcd")}`,
      `--${kind}key-file=${key("etcd")}`,
    ]),
    "--log-level=warn",
  ];
}

function apiServer({ node, services }: Networks): string[] {
  return [
    `--advertise-address=${node}`,
    `--bind-address=${node}`,
    `--secure-port=${nodePorts.api}`,
    `--service-cluster-ip-range=${services}`,
    `--etcd-servers=https://127.0.0.1:${ports.etcd}`,
    `--etcd-cafile=${pem("etcd-authority")}`,
    `--etcd-certfile=${pem("etcd-client")}`,
    `--etcd-keyfile=${key("etcd-client")}`,
    `--client-ca-file=${pem("cluster")}`,
    `--tls-private-key-file=${key("kube-apiserver")}`,
    `--kubelet-certificate-authority=${pem("cluster")}`,
    `--kubelet-client-certificate=${pem("kube-apiserver-kubelet")}`,
    `--kubelet-client-key=${key("kube-apiserver-kubelet")}`,
    "--kubelet-preferred-address-types=InternalIP",
    "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
    `--service-account-key-file=${inCluster("certificates/service-accounts.pub")}`,
    `--service-account-signing-key-file=${key("service-accounts")}`,
    `--requestheader-client-ca-file=${pem("front-proxy")}`,
    "--requestheader-allowed-names=front-proxy-client",
    "--requestheader-username-headers=X-Remote-User",
    "--requestheader-group-headers=X-Remote-Group",
    "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    `--proxy-client-cert-file=${pem("front-proxy-client")}`,
    `--proxy-client-key-file=${key("front-proxy-client")}`,
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    "--allow-privileged=true",
  ];
}

function controllerManager({ pods, services }: Networks): string[] {
  const kubeconfig = inCluster("kube-controller-manager.kubeconfig");
  return [
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${ports.controllerManager}`,
    `--cluster-cidr=${pods}`,
    `--service-cluster-ip-range=${services}`,
    "--use-service-account-credentials=true",
    `--service-account-private-key-file=${key("service-accounts")}`,
    `--root-ca-file=${pem("cluster")}`,
    `--cluster-signing-cert-file=${pem("cluster")}`,
    `--cluster-signing-key-file=${key("cluster")}`,
    "--leader-elect=false",
  ];
}

function scheduler(): string[] {
  const kubeconfig = inCluster("kube-scheduler.kubeconfig");
  return [
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${ports.scheduler}`,
    "--leader-elect=false",
  ];
}

function kubelet({ node }: Networks): string[] {
  return [
    `--cgroup-root=/${cgroupName}`,
    `--kubeconfig=${inCluster("kubelet.kubeconfig")}`,
    `--root-dir=${inCluster("kubelet")}`,
    `--cert-dir=${inCluster("certificates")}`,
    `--hostname-override=${clusterName}`,
    `--node-ip=${node}`,
  ];
}

/** The command of each component, in the order that they are started. */
export function components({ bin }: Programs, runtime: Runtime, networks: Networks): Component[] {
  const rest: Record<ComponentName, string[]> = {
    etcd: etcd(),
    "kube-apiserver": apiServer(networks),
    "kube-controller-manager": controllerManager(networks),
    "kube-scheduler": scheduler(),
    containerd: ["--log-level=warn", `--address=${containerdSocket}`],
    kubelet: kubelet(networks),
    "kube-proxy": [],
    "local-volumes": [`--root=${inCluster("volumes")}`, `--provisioner=${volumeProvisioner}`],
  };
  return componentNames.map((name) => {
    const program = name === "containerd" ? runtime.containerd : join(bin, name);
    const file = settings[name];
    return { name, command: [program, marks[name], ...rest[name]], ...(file === undefined ? {} : { settings: file }) };
  });
}
