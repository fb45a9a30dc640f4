import type { types } from "@pulumi/kubernetes";
import type { Component } from "../../system/component.ts";

/** Labels with which the API server admits only pods of the restricted Pod Security Standard. */
export const restrictedNamespace: Readonly<Record<string, string>> = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/enforce-version": "latest",
  "pod-security.kubernetes.io/warn": "restricted",
  "pod-security.kubernetes.io/audit": "restricted",
};

/** The description's sysctls that every node allows; others need a flag of the kubelet. */
const safeSysctls: ReadonlySet<string> = new Set(["net.ipv4.ip_local_port_range"]);

export function podSecurity({ user, sysctls }: Component): types.input.core.v1.PodSecurityContext {
  const safe = Object.entries(sysctls).filter(([name]) => safeSysctls.has(name));
  return {
    runAsNonRoot: true,
    runAsUser: user.uid,
    runAsGroup: user.gid,
    // The group that owns volumes, which must not be root's.
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
