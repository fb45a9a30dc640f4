/**
 * Run by node.real.test.ts in a network, process and mount namespace of its own, so that its node meets no other:
 * brings our own cluster up, uses it, kills half of its programs, has them started anew, stops and starts it, takes it
 * away. Prints what it saw as one line of JSON.
 */

import { spawn } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiException, AppsV1Api, AutoscalingV2Api, CoreV1Api, KubeConfig, Metrics } from "@kubernetes/client-node";
import { ClusterApi } from "../../../lib/cluster/api.ts";
import { folder, kubeconfigFile } from "../../../lib/cluster/place.ts";
import { mountsBelow } from "../../../lib/mounts.ts";
import { mustRun } from "../../../lib/run.ts";
import { messageOf } from "../../../lib/user-error.ts";
import { componentPid } from "../../node/background.ts";
import { podProcesses } from "../../node/cgroups.ts";
import { componentNames } from "../../node/components.ts";
import { removeNode, stopNode } from "../../node/down.ts";
import { imageReference } from "../../node/local-images.ts";
import { ports, runFolder } from "../../node/paths.ts";
import { nodePresence } from "../../node/presence.ts";
import { readState } from "../../node/state.ts";
import { startNode } from "../../node/up.ts";

async function lines(command: string, args: string[]): Promise<string[]> {
  return (await mustRun(command, args)).split("\n").filter(Boolean);
}

/** What the machine has that a cluster could leave something in. */
async function machine() {
  return {
    rules: (
      await Promise.all(
        ["iptables", "ip6tables"].flatMap((program) =>
          ["filter", "nat", "mangle"].map((table) => lines(program, ["-w", "-t", table, "-S"])),
        ),
      )
    ).flat(),
    links: (await lines("ip", ["-o", "link"])).flatMap((line) => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? []),
    routes: await lines("ip", ["route", "show", "table", "all", "type", "unicast"]),
    mounts: mountsBelow([folder, runFolder]),
    places: [folder, runFolder, "/var/lib/cni", "/var/lib/kubelet", "/var/log/containers", "/var/log/pods"].filter(
      (path) => existsSync(path),
    ),
    localnet: readFileSync("/proc/sys/net/ipv4/conf/all/route_localnet", "utf8").trim(),
  };
}

/** Every process in sight but this one and those that came before it. */
function processes(): string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) > process.pid)
    .flatMap((pid) => {
      try {
        return /^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))
          ? []
          : [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim()];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    })
    .filter(Boolean);
}

/** Asks until the answer is there. @throws {Error} when it is not within the limit */
async function until<T>(what: string, limitMs: number, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    if (Date.now() > end) {
      throw new Error(`${what} is not there within ${limitMs} ms`);
    }
    await sleep(250);
  }
}

const namespace = "shop";
const labels = { app: "web" };
const nodePort = 30080;
const safe = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};
const container = {
  name: "web",
  image: imageReference("coredns"),
  imagePullPolicy: "Never",
  args: ["-conf", "/config/Corefile"],
  securityContext: safe,
  resources: { requests: { cpu: "20m" } },
  readinessProbe: { httpGet: { path: "/health", port: 8080 }, periodSeconds: 1 },
  volumeMounts: [
    { name: "config", mountPath: "/config" },
    { name: "data", mountPath: "/data" },
  ],
};
function inNamespace(name: string) {
  return { name, namespace };
}

const before = await machine();
const presenceBefore = nodePresence();
const beforeProcesses = processes();
async function seconds(work: () => Promise<boolean>): Promise<{ started: boolean; seconds: number }> {
  const from = performance.now();
  const started = await work();
  return { started, seconds: (performance.now() - from) / 1000 };
}

/** Why the cluster is not brought up. */
function refusal(): Promise<string> {
  return startNode().then(() => "it was not refused", messageOf);
}

const taken = createServer().listen(ports.scheduler, "127.0.0.1");
await once(taken, "listening");
const portRefusal = await refusal();
taken.close();
// A program of this name that does nothing, as another cluster's may be.
const programs = mkdtempSync(join(tmpdir(), "stranger-"));
copyFileSync("/bin/sleep", join(programs, "kubelet"));
const stranger = spawn(join(programs, "kubelet"), ["60"]);
await once(stranger, "spawn");
const strangerRefusal = await refusal();
stranger.kill();
await once(stranger, "exit");
rmSync(programs, { recursive: true });
const refusedWithout = !existsSync(folder);

const first = await seconds(startNode);
const second = await seconds(startNode);
const api = new ClusterApi();
const config = new KubeConfig();
config.loadFromFile(kubeconfigFile);
const core = config.makeApiClient(CoreV1Api);
const apps = config.makeApiClient(AppsV1Api);
const scaling = config.makeApiClient(AutoscalingV2Api);
const state = readState();
if (!state) {
  throw new Error("the cluster that is up has no state");
}

const enforced = { "pod-security.kubernetes.io/enforce": "restricted" };
await api.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: enforced } });
const claim = {
  accessModes: ["ReadWriteOnce"],
  resources: { requests: { storage: "1Gi" } },
};
/** The status of the response to a POST. */
function statusOf(created: Promise<unknown>): Promise<number> {
  return created.then(
    () => 201,
    (error: unknown) => (error instanceof ApiException ? error.code : Promise.reject(error)),
  );
}
const claimed = await statusOf(
  core.createNamespacedPersistentVolumeClaim({ namespace, body: { metadata: inNamespace("data"), spec: claim } }),
);
const refused = await statusOf(
  core.createNamespacedPod({
    namespace,
    body: {
      metadata: inNamespace("root"),
      spec: { containers: [{ name: "root", image: "root", securityContext: { privileged: true } }] },
    },
  }),
);
await api.apply({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: inNamespace("config"),
  data: { Corefile: `.:1053 {\n  health :8080\n  forward . ${state.networks.dns}\n}\n` },
});
await api.apply({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: inNamespace("web"),
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        securityContext: { runAsUser: 1001, fsGroup: 1001 },
        containers: [container],
        volumes: [
          { name: "config", configMap: { name: "config" } },
          { name: "data", persistentVolumeClaim: { claimName: "data" } },
        ],
      },
    },
  },
});
await api.apply({
  apiVersion: "v1",
  kind: "Service",
  metadata: inNamespace("web"),
  spec: { type: "NodePort", selector: labels, ports: [{ port: 80, targetPort: 8080, nodePort }] },
});
const web = { namespace, name: "web" };
const rollout = await seconds(() =>
  until("the rollout", 60_000, async () =>
    (await apps.readNamespacedDeployment(web)).status?.readyReplicas === 2 ? true : undefined,
  ),
);
const page = await until("an answer at the node port", 15_000, async () => {
  try {
    return await (await fetch(`http://127.0.0.1:${nodePort}/health`, { signal: AbortSignal.timeout(2_000) })).text();
  } catch {
    // kube-proxy has not written its rules yet.
    return undefined;
  }
});
/** Each pod passes a name on to the cluster's name server: from pod to service to pod. */
const { items: listed } = await core.listNamespacedPod({ namespace });
const resolved = await Promise.all(
  listed.map((pod) => {
    const resolver = new Resolver({ timeout: 2_000, tries: 3 });
    resolver.setServers([`${pod.status?.podIP}:1053`]);
    return resolver.resolve4(`web.${namespace}.svc.cluster.local`).catch(messageOf);
  }),
);
const service = (await core.readNamespacedService(web)).spec?.clusterIP;
async function volumePhase() {
  return (await core.readNamespacedPersistentVolumeClaim({ namespace, name: "data" })).status?.phase;
}
const volume = await volumePhase();

await scaling.createNamespacedHorizontalPodAutoscaler({
  namespace,
  body: {
    metadata: inNamespace("web"),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicas: 2,
      maxReplicas: 3,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 90 } } },
      ],
    },
  },
});
const measured = await until("the autoscaler's measurement", 90_000, async () => {
  const { status } = await scaling.readNamespacedHorizontalPodAutoscaler(web);
  return status?.currentMetrics?.[0]?.resource?.current.averageUtilization;
});
const { items: nodes } = await new Metrics(config).getNodeMetrics();

const during = await machine();
const running = componentNames.filter((name) => componentPid(name) !== undefined);
const pods = (await podProcesses()).sort();
const killed = ["etcd", "containerd", "kubelet", "kube-proxy"] as const;
function pids() {
  return killed.map(componentPid);
}
const pidsBefore = pids();
for (const pid of pidsBefore) {
  if (pid !== undefined) {
    process.kill(pid, "SIGKILL");
  }
}
await sleep(500);
const again = await seconds(startNode);
const pidsAfter = pids();
const podsAfter = (await podProcesses()).sort();

// As after a restart of the machine: nothing runs, all is known.
const presences = [presenceBefore, nodePresence()];
await stopNode();
presences.push(nodePresence());
/** The kernel takes a pod's link away some time after its network. */
function untilNoPodLinks() {
  return until("the end of the pods' links", 10_000, async () =>
    (await machine()).links.some((link) => link.startsWith("veth")) ? undefined : true,
  );
}
await untilNoPodLinks();
const stopped = await machine();
const stoppedProcesses = processes();
const restarted = await seconds(startNode);
presences.push(nodePresence());
await until("the pods after a stop", 60_000, async () => {
  const { status } = await apps.readNamespacedDeployment(web);
  return status?.readyReplicas === 2 && status.unavailableReplicas === undefined ? true : undefined;
});
const volumeAfter = await volumePhase();

const removed = await seconds(async () => {
  await removeNode();
  return !existsSync(folder);
});
const removedAgain = await removeNode();
await untilNoPodLinks();

process.stdout.write(
  `${JSON.stringify({
    before,
    during,
    after: await machine(),
    processes: { before: beforeProcesses, after: processes(), pods: (await podProcesses()).length },
    ups: [first, second, again],
    rollout,
    presences,
    stopped: { ...stopped, processes: stoppedProcesses, ups: restarted, volume: volumeAfter },
    removed,
    removedAgain,
    refusals: [portRefusal, strangerRefusal, refusedWithout],
    stranger: stranger.pid,
    running,
    pods: [pods, podsAfter],
    pids: [pidsBefore, pidsAfter],
    claimed,
    refused,
    page,
    resolved,
    service,
    volume,
    measured,
    nodes: Array.isArray(nodes) ? nodes.length : 0,
  })}\n`,
);
