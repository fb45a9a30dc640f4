import { generateKeyPairSync } from "node:crypto";
import { isIP } from "node:net";
import { generate } from "selfsigned";
import type { Pair } from "../../lib/cluster/kubeconfig.ts";
import { clusterName } from "../../lib/cluster/place.ts";
import type { Networks } from "./networks.ts";

/** The certificates' validity: longer than the life of any local cluster. */
const years = 10;

function lifetime() {
  const now = Date.now();
  // They stay valid when the clock is set back a little.
  return { notBeforeDate: new Date(now - 3_600_000), notAfterDate: new Date(now + years * 365 * 86_400_000) };
}

const algorithm = { keyType: "ec", curve: "P-256", algorithm: "sha256" } as const;

/** Makes an authority that signs itself. */
export async function makeAuthority(name: string): Promise<Pair> {
  const made = await generate([{ name: "commonName", value: name }], {
    ...algorithm,
    ...lifetime(),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, digitalSignature: true, critical: true },
    ],
  });
  return { certificate: made.cert, key: made.private };
}

/** The holder of a certificate. Kubernetes reads the name as the user and the organization as the group. */
export type Holder = {
  name: string;
  organization?: string;
  /** The host names and addresses of a server; a client has none. */
  hosts?: string[];
};

/** Makes a certificate that the authority signs: for a client, or for a server with hosts (which may be a client too). */
export async function sign(authority: Pair, { name, organization, hosts }: Holder): Promise<Pair> {
  const subject = [
    { name: "commonName", value: name },
    ...(organization === undefined ? [] : [{ name: "organizationName", value: organization }]),
  ];
  const made = await generate(subject, {
    ...algorithm,
    ...lifetime(),
    ca: { cert: authority.certificate, key: authority.key },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", clientAuth: true, serverAuth: hosts !== undefined },
      ...(hosts === undefined
        ? []
        : [
            {
              name: "subjectAltName" as const,
              altNames: hosts.map((host) =>
                isIP(host) ? { type: 7 as const, ip: host } : { type: 2 as const, value: host },
              ),
            },
          ]),
    ],
  });
  return { certificate: made.cert, key: made.private };
}

/** The cluster's three authorities: for itself, for etcd, and for requests that the API server passes on. */
export const authorities = ["cluster", "etcd", "front-proxy"] as const;

type Authority = (typeof authorities)[number];

/** Every certificate of the cluster, by the name of its files, with the authority that signs it. */
export function holders({ node, api }: Networks): Record<string, Holder & { authority: Authority }> {
  const names = ["", ".default", ".default.svc", ".default.svc.cluster.local"].map((end) => `kubernetes${end}`);
  return {
    admin: { authority: "cluster", name: "resume-admin", organization: "system:masters" },
    "kube-apiserver": {
      authority: "cluster",
      name: "kube-apiserver",
      hosts: ["localhost", "127.0.0.1", node, api, ...names],
    },
    "kube-apiserver-kubelet": {
      authority: "cluster",
      name: "kube-apiserver-kubelet-client",
      organization: "system:masters",
    },
    "kube-controller-manager": { authority: "cluster", name: "system:kube-controller-manager" },
    "kube-scheduler": { authority: "cluster", name: "system:kube-scheduler" },
    "kube-proxy": { authority: "cluster", name: "system:kube-proxy" },
    kubelet: { authority: "cluster", name: `system:node:${clusterName}`, organization: "system:nodes" },
    "kubelet-server": { authority: "cluster", name: clusterName, hosts: [clusterName, node] },
    "local-volumes": { authority: "cluster", name: "resume:local-volumes" },
    etcd: { authority: "etcd", name: "etcd", hosts: ["localhost", "127.0.0.1"] },
    "etcd-client": { authority: "etcd", name: "kube-apiserver" },
    "front-proxy-client": { authority: "front-proxy", name: "front-proxy-client" },
  };
}

/** Makes all certificates, as files by name: `admin.pem`, `admin.key`, `cluster.pem`, … */
export async function makeCertificates(networks: Networks): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const keep = (name: string, { certificate, key }: Pair): void => {
    files[`${name}.pem`] = certificate;
    files[`${name}.key`] = key;
  };
  const made: Partial<Record<Authority, Pair>> = {};
  for (const name of authorities) {
    const authority = await makeAuthority(`resume-${name}`);
    made[name] = authority;
    keep(name === "etcd" ? "etcd-authority" : name, authority);
  }
  for (const [name, { authority, ...holder }] of Object.entries(holders(networks))) {
    const signer = made[authority];
    if (signer) {
      keep(name, await sign(signer, holder));
    }
  }
  // The key pair that signs pods' tokens. The token format has no use for certificates.
  const tokens = generateKeyPairSync("rsa", { modulusLength: 2048 });
  files["service-accounts.key"] = tokens.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  files["service-accounts.pub"] = tokens.publicKey.export({ type: "spki", format: "pem" }).toString();
  return files;
}
