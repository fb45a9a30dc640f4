import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { renderKubeconfig } from "../../lib/cluster/kubeconfig.ts";
import { inCluster, kubeconfigFile } from "../../lib/cluster/place.ts";
import { registryAddress } from "../registry/registry.ts";
import { makeCertificates } from "./certificates.ts";
import type { Networks } from "./networks.ts";
import { nodePorts } from "./paths.ts";
import type { Runtime } from "./runtime.ts";
import {
  containerdSettings,
  kubeletSettings,
  nameServers,
  networkFolder,
  networkSettings,
  proxySettings,
  registrySettings,
} from "./settings.ts";

/**
 * Writes a file that only root can read, unless it has this content already: kube-proxy ends when its settings are
 * written, even with the same content.
 */
function write(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, "utf8") === text) {
    return;
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, text, { mode: 0o600 });
}

function certificate(file: string): string {
  return readFileSync(inCluster("certificates", file), "utf8");
}

/** Makes the certificates unless they exist. The file that is written last shows that all are complete. */
async function writeCertificates(networks: Networks): Promise<void> {
  const last = inCluster("certificates", "complete");
  if (existsSync(last)) {
    return;
  }
  for (const [name, text] of Object.entries(await makeCertificates(networks))) {
    write(inCluster("certificates", name), text);
  }
  write(last, "");
}

/** Where name servers are listed: systemd's list of the real ones, where its own is the only one in the usual file. */
function resolvConf(): string[] {
  return (
    ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"]
      .filter((file) => existsSync(file))
      .map((file) => nameServers(readFileSync(file, "utf8")))
      .find((servers) => servers.length > 0) ?? []
  );
}

/** Writes certificates, kubeconfigs and settings. Existing files keep their content. */
export async function writeFiles(networks: Networks, runtime: Runtime): Promise<void> {
  await writeCertificates(networks);
  const access = (client: string) => ({
    server: `https://${networks.node}:${nodePorts.api}`,
    authority: certificate("cluster.pem"),
    client: { certificate: certificate(`${client}.pem`), key: certificate(`${client}.key`) },
  });
  for (const name of ["kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "local-volumes"]) {
    write(inCluster(`${name}.kubeconfig`), renderKubeconfig(access(name)));
  }
  write(kubeconfigFile, renderKubeconfig(access("admin")));
  write(inCluster("containerd.toml"), containerdSettings(runtime.plugins));
  write(join(networkFolder, "10-resume.conflist"), networkSettings(networks));
  const registry = registryAddress();
  if (registry) {
    write(inCluster("registries.d", registry, "hosts.toml"), registrySettings(registry));
  }
  write(inCluster("kubelet.json"), kubeletSettings(networks));
  write(inCluster("kube-proxy.json"), proxySettings(networks));
  // The kubelet gives it to pods with dnsPolicy Default.
  const servers = resolvConf().map((address) => `nameserver ${address}\n`);
  write(inCluster("resolv.conf"), servers.join(""));
  for (const name of ["volumes", "logs/pods"]) {
    mkdirSync(inCluster(name), { recursive: true });
  }
}
