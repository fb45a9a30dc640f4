import { readFileSync } from "node:fs";
import type { Manifest } from "../../lib/cluster/api.ts";
import { inCluster } from "../../lib/cluster/place.ts";
import { volumeProvisioner } from "./components.ts";
import { imageReference, type LocalImage } from "./local-images.ts";
import type { Networks } from "./networks.ts";
import { nameServers } from "./settings.ts";

/** The TTL of the cluster's DNS. It is short, so that clients soon forget a replica that stops. */
export const dnsTtlSeconds = 5;

/** The cluster's own pods and objects: name server, metrics-server and the class of its volumes. */

const namespace = "kube-system";

/** A container that meets the restricted Pod Security level. */
function container(name: LocalImage, image: string, args: string[], port: number, more: Record<string, unknown>) {
  return {
    name,
    image,
    imagePullPolicy: "Never",
    args,
    ports: [{ name: "main", containerPort: port, protocol: name === "coredns" ? "UDP" : "TCP" }],
    securityContext: {
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...more,
  };
}

function account(name: string): Manifest {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, namespace },
  };
}

function deployment(name: LocalImage, template: Record<string, unknown>): Manifest {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels: { "k8s-app": name } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { "k8s-app": name } },
      template: {
        metadata: { labels: { "k8s-app": name } },
        spec: { serviceAccountName: name, priorityClassName: "system-cluster-critical", ...template },
      },
    },
  };
}

const roles = "rbac.authorization.k8s.io/v1";
const rolesGroup = "rbac.authorization.k8s.io";

function clusterRole(name: string, rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[]): Manifest {
  return {
    apiVersion: roles,
    kind: "ClusterRole",
    metadata: { name },
    rules,
  };
}

type Subject =
  | { kind: "ServiceAccount"; name: string; namespace: string }
  | { kind: "User"; name: string; apiGroup: string };

function accountSubject(name: string): Subject {
  return { kind: "ServiceAccount", name, namespace };
}

function clusterBinding(name: string, role: string, subject: Subject): Manifest {
  return {
    apiVersion: roles,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: rolesGroup, kind: "ClusterRole", name: role },
    subjects: [subject],
  };
}

const dnsPort = 1053;

/** CoreDNS' settings. Names of the cluster are not cached, so that a new or a gone replica is seen at once. */
export function corefile(forwards: boolean): string {
  return [
    `.:${dnsPort} {`,
    "  errors",
    "  health :8080",
    "  ready :8181",
    "  kubernetes cluster.local in-addr.arpa ip6.arpa {",
    "    pods insecure",
    "    fallthrough in-addr.arpa ip6.arpa",
    `    ttl ${dnsTtlSeconds}`,
    "  }",
    ...(forwards ? ["  forward . /etc/resolv.conf"] : []),
    "  cache 30 {",
    "    disable success cluster.local",
    "    disable denial cluster.local",
    "  }",
    "  loadbalance",
    "}",
    "",
  ].join("\n");
}

function dns(address: string): Manifest[] {
  return [
    account("coredns"),
    clusterRole("system:coredns", [
      { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    ]),
    clusterBinding("system:coredns", "system:coredns", accountSubject("coredns")),
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "coredns", namespace },
      data: { Corefile: corefile(nameServers(readFileSync(inCluster("resolv.conf"), "utf8")).length > 0) },
    },
    deployment("coredns", {
      dnsPolicy: "Default",
      containers: [
        container("coredns", imageReference("coredns"), ["-conf", "/etc/coredns/Corefile"], dnsPort, {
          resources: { requests: { cpu: "50m", memory: "40Mi" }, limits: { memory: "170Mi" } },
          volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
          readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 2 },
          livenessProbe: { httpGet: { path: "/health", port: 8080 }, failureThreshold: 5 },
        }),
      ],
      volumes: [{ name: "config", configMap: { name: "coredns" } }],
    }),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "kube-dns", namespace, labels: { "k8s-app": "coredns" } },
      spec: {
        clusterIP: address,
        selector: { "k8s-app": "coredns" },
        ports: ["UDP", "TCP"].map((protocol) => ({
          name: `dns-${protocol.toLowerCase()}`,
          port: 53,
          targetPort: dnsPort,
          protocol,
        })),
      },
    },
  ];
}

const metricsPort = 10250;
const metricsServer = "metrics-server";

function metrics(): Manifest[] {
  return [
    account(metricsServer),
    clusterRole("system:metrics-server", [
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
      { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
    ]),
    clusterBinding("system:metrics-server", "system:metrics-server", accountSubject(metricsServer)),
    clusterBinding("metrics-server:system:auth-delegator", "system:auth-delegator", accountSubject(metricsServer)),
    {
      apiVersion: roles,
      kind: "RoleBinding",
      metadata: { name: "metrics-server-auth-reader", namespace },
      roleRef: { apiGroup: rolesGroup, kind: "Role", name: "extension-apiserver-authentication-reader" },
      subjects: [accountSubject(metricsServer)],
    },
    {
      ...clusterRole("system:aggregated-metrics-reader", [
        { apiGroups: ["metrics.k8s.io"], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
      ]),
      metadata: {
        name: "system:aggregated-metrics-reader",
        labels: Object.fromEntries(
          ["view", "edit", "admin"].map((role) => [`rbac.authorization.k8s.io/aggregate-to-${role}`, "true"]),
        ),
      },
    },
    deployment(metricsServer, {
      containers: [
        container(
          metricsServer,
          imageReference(metricsServer),
          [
            "--cert-dir=/tmp",
            `--secure-port=${metricsPort}`,
            "--kubelet-preferred-address-types=InternalIP",
            "--kubelet-use-node-status-port",
            // The kubelet's certificate is signed by the cluster's own authority.
            "--kubelet-certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
            // The shortest interval of a kubelet's measurements.
            "--metric-resolution=10s",
            "--kubelet-request-timeout=5s",
          ],
          metricsPort,
          {
            resources: { requests: { cpu: "50m", memory: "60Mi" } },
            volumeMounts: [{ name: "temporary", mountPath: "/tmp" }],
            readinessProbe: { httpGet: { path: "/readyz", port: metricsPort, scheme: "HTTPS" }, periodSeconds: 2 },
            livenessProbe: { httpGet: { path: "/livez", port: metricsPort, scheme: "HTTPS" }, periodSeconds: 10 },
          },
        ),
      ],
      volumes: [{ name: "temporary", emptyDir: {} }],
    }),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: metricsServer, namespace },
      spec: {
        selector: { "k8s-app": metricsServer },
        ports: [{ name: "https", port: 443, targetPort: metricsPort, protocol: "TCP", appProtocol: "https" }],
      },
    },
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: "v1beta1.metrics.k8s.io" },
      spec: {
        service: { name: metricsServer, namespace },
        group: "metrics.k8s.io",
        version: "v1beta1",
        // metrics-server makes a new certificate at each start.
        insecureSkipTLSVerify: true,
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    },
  ];
}

function volumes(): Manifest[] {
  return [
    clusterBinding("resume:local-volumes", "system:persistent-volume-provisioner", {
      kind: "User",
      name: "resume:local-volumes",
      apiGroup: rolesGroup,
    }),
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "local", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: volumeProvisioner,
      volumeBindingMode: "WaitForFirstConsumer",
      reclaimPolicy: "Delete",
    },
  ];
}

/** All add-ons of a node that is made of this machine, in the order that they are applied. */
export function addons({ dns: address }: Networks): Manifest[] {
  return [...volumes(), ...dns(address), ...metrics()];
}
