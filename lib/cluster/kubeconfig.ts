import { clusterName } from "./place.ts";

/** A certificate and its key, in PEM. */
export type Pair = { certificate: string; key: string };

/** The address of an API server, its CA certificate in PEM, and a client's pair. */
export type Access = { server: string; authority: string; client: Pair };

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** A kubeconfig with one context. It contains the certificates, so that a copy of the file works anywhere. */
export function renderKubeconfig({ server, authority, client }: Access): string {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": clusterName,
    clusters: [{ name: clusterName, cluster: { server, "certificate-authority-data": base64(authority) } }],
    users: [
      {
        name: clusterName,
        user: { "client-certificate-data": base64(client.certificate), "client-key-data": base64(client.key) },
      },
    ],
    contexts: [{ name: clusterName, context: { cluster: clusterName, user: clusterName } }],
  };
  // JSON is YAML.
  return `${JSON.stringify(config, null, 2)}\n`;
}
