import type { types } from "@pulumi/kubernetes";
import type { Component } from "../../system/component.ts";

/** Labels that make the API server refuse every pod in the namespace that is not restricted. */
export const restrictedNamespace: Readonly<Record<string, string>> = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/enforce-version": "latest",
  "pod-security.kubernetes.io/warn": "restricted",
  "pod-security.kubernetes.io/audit": "restricted",
};

/** Those of the description's sysctls that a node allows to everybody; the others would need its kubelet's consent. */
const safeSysctls: ReadonlySet<string> = new Set(["net.ipv4.ip_local_port_range"]);

export function podSecurity({ user, sysctls }: Component): types.input.core.v1.PodSecurityContext {
  const safe = Object.entries(sysctls).filter(([name]) => safeSysctls.has(name));
  return {
    runAsNonRoot: true,
    runAsUser: user.uid,
    runAsGroup: user.gid,
    // Volumes belong to this group. Root's own is no good one for that.
    fsGroup: user.gid === 0 ? user.uid : user.gid,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
    ...(safe.length === 0 ? {} : { sysctls: safe.map(([name, value]) => ({ name, value })) }),
  };
}

export const containerSecurity: types.input.core.v1.SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
};
