import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { at } from "../at.ts";
import { UserError } from "../user-error.ts";
/** A certificate and its key, in PEM. */
export type Pair = { certificate: string; key: string };

import { clusterName } from "./place.ts";

/** How a cluster is reached, all in PEM. */
export type Access = { server: string; authority: string; client: Pair };

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** The text of a kubeconfig with one context, all in it, so that a copy of the file works anywhere. */
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

function listed(config: unknown, list: string): unknown {
  const entries = at(config, list);
  return Array.isArray(entries) ? entries[0] : undefined;
}

/** Reads a kubeconfig with one cluster and one user that has a certificate, as kind and we write it. */
export function readKubeconfig(file: string): Access {
  const config: unknown = parse(readFileSync(file, "utf8"));
  const text = (value: unknown): string => {
    if (typeof value !== "string") {
      throw new UserError(`cluster: ${file} is no kubeconfig with a client certificate.`);
    }
    return value;
  };
  const decoded = (value: unknown): string => Buffer.from(text(value), "base64").toString();
  const cluster = at(listed(config, "clusters"), "cluster");
  const user = at(listed(config, "users"), "user");
  return {
    server: text(at(cluster, "server")),
    authority: decoded(at(cluster, "certificate-authority-data")),
    client: {
      certificate: decoded(at(user, "client-certificate-data")),
      key: decoded(at(user, "client-key-data")),
    },
  };
}
