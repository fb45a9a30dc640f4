// When an object counts as ready, and what is said while it is not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { timeoutOf } from "../kubernetes/annotations.ts";
import type { View } from "../kubernetes/api.ts";
import { UnreachableError } from "../kubernetes/api-error.ts";
import { awaiterOf } from "../kubernetes/await/awaiters.ts";
import { problemsOf } from "../kubernetes/await/pod-problems.ts";
import { type Look, NotReadyError, waitUntilReady } from "../kubernetes/await/wait.ts";
import { textAt } from "../kubernetes/object.ts";
import { isProps, type Props } from "../lib/values.ts";

const scene = (view: View, settleMs = 0) => ({ view, settleMs });

/** A cluster that has these objects. */
function viewOf(...objects: Props[]): View {
  return {
    get: async ({ kind, name }) =>
      objects.find((object) => object.kind === kind && textAt(object, "metadata", "name") === name),
    list: async (_apiVersion, kind) => objects.filter((object) => object.kind === kind),
  };
}

async function lookAt(object: Props, ...others: Props[]): Promise<Look> {
  const awaiter = awaiterOf(object);
  assert.ok(awaiter, `nothing awaits ${object.kind}`);
  return awaiter.start(scene(viewOf(...others)))(object);
}

async function isReady(object: Props, ...others: Props[]): Promise<boolean> {
  return (await lookAt(object, ...others)).ready;
}

/** The status line and the reasons of an object that is not ready. */
async function said(object: Props, ...others: Props[]): Promise<string> {
  const look = await lookAt(object, ...others);
  assert.ok(!look.ready, "it is ready");
  return [look.status, ...look.reasons].join(" | ");
}

const condition = (type: string, status: string, reason = "", message = ""): Props => ({
  type,
  status,
  reason,
  message,
});
const owned = (uid: string): Props => ({ ownerReferences: [{ uid }] });

function deployment(revision: string, status: Props, more: Props = {}): Props {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: "web",
      uid: "d",
      generation: 2,
      annotations: { "deployment.kubernetes.io/revision": revision },
    },
    spec: { selector: { matchLabels: { app: "web" } }, ...more },
    status: { observedGeneration: 2, ...status },
  };
}

function replicaSet(revision: string, replicas: number, readyReplicas: number): Props {
  const annotations = { "deployment.kubernetes.io/revision": revision };
  return {
    kind: "ReplicaSet",
    metadata: { name: `web-${revision}`, uid: `r${revision}`, annotations, ...owned("d") },
    spec: { replicas },
    status: { readyReplicas },
  };
}

const rolledOut = [condition("Available", "True"), condition("Progressing", "True", "NewReplicaSetAvailable")];

test("a Deployment is ready when the pods of its newest revision are", async () => {
  const live = deployment("2", { conditions: rolledOut });
  assert.equal(await isReady(live, replicaSet("1", 0, 0), replicaSet("2", 2, 2)), true);
  assert.match(
    await said(live, replicaSet("1", 2, 2), replicaSet("2", 2, 1)),
    /^Waiting for app ReplicaSet to be available \(1\/2 Pods available\) \| 1 of 2 pods of revision 2 are available/,
  );
  assert.equal(await isReady(live, replicaSet("1", 2, 2)), false);
  const scaledToZero = deployment("1", { conditions: [condition("Available", "True")] });
  assert.equal(await isReady(scaledToZero, replicaSet("1", 0, 0)), true);
});

test("a Deployment that its controller has not seen yet is not ready", async () => {
  const live = deployment("2", { conditions: rolledOut, observedGeneration: 1 });
  assert.match(await said(live, replicaSet("2", 1, 1)), /controller has not seen the change/);
});

test("a roll-out goes on until the old pods are out of the way", async () => {
  const progressing = [condition("Available", "True"), condition("Progressing", "True", "ReplicaSetUpdated")];
  assert.equal(await isReady(deployment("2", { conditions: progressing }), replicaSet("2", 1, 1)), false);
  assert.equal(await isReady(deployment("1", { conditions: progressing }), replicaSet("1", 1, 1)), true);
});

test("a Deployment tells of quotas, volumes and its pods", async () => {
  const failure = condition("ReplicaFailure", "True", "FailedCreate", "exceeded quota: small");
  const volumes = [{ persistentVolumeClaim: { claimName: "data" } }];
  const live = deployment("1", { conditions: [failure] }, { template: { spec: { volumes } } });
  const claim = { kind: "PersistentVolumeClaim", metadata: { name: "data" }, status: { phase: "Pending" } };
  const pod = {
    kind: "Pod",
    metadata: { name: "web-1-x", ...owned("r1") },
    status: {
      containerStatuses: [{ name: "web", state: { waiting: { reason: "ErrImagePull", message: "no such" } } }],
    },
  };
  const line = await said(live, replicaSet("1", 1, 0), claim, pod);
  assert.match(line, /\[FailedCreate\] exceeded quota: small/);
  assert.match(line, /PersistentVolumeClaim data is not bound/);
  assert.match(line, /pod web-1-x: \[ErrImagePull\] no such/);
});

test("pods are quoted: the scheduler, the kubelet, the container's end; not while they start or when they are ready", () => {
  const pod = (status: Props): Props => ({ metadata: { name: "p" }, status });
  const container = (state: Props, more: Props = {}) => pod({ containerStatuses: [{ name: "c", state, ...more }] });
  const cases: [Props, string[]][] = [
    [
      pod({ conditions: [condition("PodScheduled", "False", "Unschedulable", "0/1 nodes are available")] }),
      ["pod p: [Unschedulable] 0/1 nodes are available"],
    ],
    [container({ waiting: { reason: "ContainerCreating" } }), []],
    [
      container(
        { waiting: { reason: "CrashLoopBackOff", message: "back-off" } },
        { lastState: { terminated: { exitCode: 3, reason: "Error" } } },
      ),
      ["pod p: [CrashLoopBackOff] back-off", "pod p: container c ended with exit code 3 (Error)"],
    ],
    [
      container({ terminated: { exitCode: 137, reason: "OOMKilled", message: "too much\n" } }),
      ["pod p: container c ended with exit code 137 (OOMKilled): too much"],
    ],
    [
      pod({
        initContainerStatuses: [
          { name: "i", state: { waiting: { reason: "CreateContainerConfigError", message: "m" } } },
        ],
      }),
      ["pod p: [CreateContainerConfigError] m"],
    ],
    [pod({ phase: "Failed", reason: "Evicted", message: "no memory" }), ["pod p: [Evicted] no memory"]],
    [pod({ conditions: [condition("Ready", "True")], containerStatuses: [{ name: "c", state: {} }] }), []],
  ];
  for (const [object, expected] of cases) {
    assert.deepEqual(problemsOf(object), expected);
  }
  const unready = condition("Ready", "False", "ContainersNotReady", "containers with unready status: [c]");
  const running = pod({
    conditions: [unready],
    containerStatuses: [{ name: "c", ready: false, state: { running: {} } }],
  });
  assert.deepEqual(problemsOf(running), ["pod p: [ContainersNotReady] containers with unready status: [c]"]);
});

test("a StatefulSet is ready when all pods are, in its newest revision", async () => {
  const live = (generation: number, status: Props, spec: Props = {}): Props => ({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "s", uid: "s", generation },
    spec: { replicas: 2, ...spec },
    status: { observedGeneration: generation, ...status },
  });
  const all = { replicas: 2, readyReplicas: 2, currentReplicas: 2, currentRevision: "a", updateRevision: "a" };
  assert.equal(await isReady(live(1, all)), true);
  assert.match(await said(live(1, { ...all, readyReplicas: 1 })), /^\[1\/2\] .*create Pods \(1\/2 Pods ready\)/);
  const rolling = { ...all, currentReplicas: 1, updatedReplicas: 1, updateRevision: "b" };
  assert.match(await said(live(2, rolling)), /^\[1\/3\] .*roll out \(1\/2 Pods ready\) \| 1 of 2 pods are ready/);
  const switching = { ...all, updatedReplicas: 2, updateRevision: "b" };
  assert.match(await said(live(2, switching)), /^\[2\/3\]/);
  assert.equal(await isReady(live(2, switching, { updateStrategy: { type: "OnDelete" } })), true);
  assert.equal(await isReady(live(2, { ...all, observedGeneration: 1 })), false);
  const event = { kind: "Event", reason: "FailedCreate", message: "quota!", involvedObject: { uid: "s" } };
  assert.match(await said(live(1, { ...all, readyReplicas: 0 }), event), /\[FailedCreate\] quota!/);
});

test("a DaemonSet is ready when its newest pod is available everywhere", async () => {
  const live = (status: Props): Props => ({
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { generation: 1 },
    status: { observedGeneration: 1, desiredNumberScheduled: 2, ...status },
  });
  assert.equal(await isReady(live({ updatedNumberScheduled: 2, numberAvailable: 2 })), true);
  assert.match(await said(live({ updatedNumberScheduled: 1, numberAvailable: 2 })), /\(1\/2 Pods available\)/);
});

function service(spec: Props, status: Props = {}): Props {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "svc" },
    spec: { selector: { a: "b" }, ...spec },
    status,
  };
}

const slice = (...ready: boolean[]): Props => ({
  kind: "EndpointSlice",
  endpoints: ready.map((value, i) => ({ addresses: [`10.0.0.${i}`], conditions: { ready: value } })),
});

test("a Service needs ready pods, unless it is headless, external or without a selector; and the address of its type", async () => {
  assert.equal(await isReady(service({}), slice(true)), true);
  assert.match(await said(service({}), slice(false)), /leads to no ready pod/);
  assert.equal(await isReady(service({ clusterIP: "None" })), true);
  assert.equal(await isReady(service({ type: "ExternalName" })), true);
  assert.equal(await isReady(service({ selector: {} })), true);
  const balanced = { type: "LoadBalancer" };
  assert.match(await said(service(balanced), slice(true)), /given no address/);
  assert.equal(await isReady(service(balanced, { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } }), slice(true)), true);
});

test("a Service's endpoints must have settled", async () => {
  const slices = [slice(true)];
  const awaiter = awaiterOf(service({}));
  const look = awaiter?.start(scene({ get: async () => undefined, list: async () => slices }, 60));
  const later = () => new Promise((resolve) => setTimeout(resolve, 70));
  assert.equal((await look?.(service({})))?.ready, false);
  slices[0] = slice(true, true);
  await later();
  assert.equal((await look?.(service({})))?.ready, false);
  await later();
  assert.equal((await look?.(service({})))?.ready, true);
});

test("a Job is ready when it is complete, and fails at once when it has failed", async () => {
  const live = (...conditions: Props[]): Props => ({ apiVersion: "batch/v1", kind: "Job", status: { conditions } });
  assert.equal(await isReady(live(condition("Complete", "True"))), true);
  assert.equal(await isReady(live()), false);
  const look = await lookAt(live(condition("Failed", "True", "BackoffLimitExceeded", "too often")));
  assert.ok(!look.ready && look.failed);
  assert.match(look.reasons.join(), /\[BackoffLimitExceeded\] too often/);
});

test("a claim is ready when it is bound, or waits for its first pod", async () => {
  const claim = (phase: string, storageClassName = ""): Props => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    spec: { storageClassName },
    status: { phase },
  });
  const lazy = { kind: "StorageClass", metadata: { name: "lazy" }, volumeBindingMode: "WaitForFirstConsumer" };
  assert.equal(await isReady(claim("Bound")), true);
  assert.equal(await isReady(claim("Pending", "lazy"), lazy), true);
  assert.equal(await isReady(claim("Pending", "eager"), lazy), false);
  assert.match(await said(claim("Pending")), /no storage class, and the cluster has no default one/);
});

test("an Ingress needs an address; a service without endpoints is waited for only for a while", async () => {
  const backend = { service: { name: "svc" } };
  const ingress = (status: Props): Props => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    spec: { rules: [{ http: { paths: [{ backend }] } }] },
    status,
  });
  const given = { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } };
  assert.equal(await isReady(ingress(given), slice(true)), true);
  assert.match(await said(ingress({}), slice(true)), /no ingress controller has given it an address/);
  const look = awaiterOf(ingress({}))?.start(scene(viewOf(), 10_000));
  const seen = await look?.(ingress(given));
  assert.ok(seen && !seen.ready);
  assert.match(seen.reasons.join(), /the service 'svc' has no endpoints/);
});

test("quotas, volumes and tokens wait for their controllers; other secrets and kinds for nothing", async () => {
  const quota = (taken: Props): Props => ({
    apiVersion: "v1",
    kind: "ResourceQuota",
    spec: { hard: { cpu: "1000m" } },
    status: { hard: taken },
  });
  assert.equal(await isReady(quota({ cpu: "1" })), true);
  assert.equal(await isReady(quota({})), false);
  const secret = (type: string): Props => ({ apiVersion: "v1", kind: "Secret", type });
  assert.equal(await isReady(secret("Opaque")), true);
  assert.equal(await isReady(secret("kubernetes.io/service-account-token")), false);
  assert.equal(awaiterOf({ apiVersion: "v1", kind: "ConfigMap" }), undefined);
});

test("the time-out is the program's option, then the annotation, then the kind's own", () => {
  const annotated = { metadata: { annotations: { "pulumi.com/timeoutSeconds": "7" } } };
  assert.equal(timeoutOf(annotated, 3, 600), 3);
  assert.equal(timeoutOf(annotated, 0, 600), 7);
  assert.equal(timeoutOf({}, 0, 600), 600);
});

const reference = { apiVersion: "v1", kind: "Pod", namespace: "n", name: "p" };
const live: Props = { kind: "Pod", metadata: { name: "p" } };

function waiting(view: View, look: () => Promise<Look>, timeoutSeconds: number) {
  const lines: string[] = [];
  const signal = new AbortController();
  const say = (line: string) => void lines.push(line);
  const done = waitUntilReady({ view, reference, look, timeoutSeconds, say, signal: signal.signal, live });
  return { done, lines, signal };
}

const notReady = async (): Promise<Look> => ({ ready: false, status: "wait", reasons: ["a", "b", "a"] });

test("waiting ends in time with each reason once, and says each status once", async () => {
  const { done, lines } = waiting(viewOf(live), notReady, 1);
  await assert.rejects(done, (error: unknown) => {
    assert.ok(error instanceof NotReadyError);
    assert.equal(error.message, "is not ready after 1 s: a; b");
    assert.ok(isProps(error.live));
    return true;
  });
  assert.deepEqual(lines, ["wait"]);
});

test("waiting ends when the user stops it, and when the object is gone", async () => {
  const stopped = waiting(viewOf(live), notReady, 100);
  stopped.signal.abort();
  await assert.rejects(stopped.done, /was not waited for to the end: a; b/);
  await assert.rejects(waiting(viewOf(), notReady, 100).done, /has failed: it was deleted while it was waited for/);
});

test("an API server that does not answer for a while is waited for", async () => {
  let answers = 0;
  const get = async () => {
    answers += 1;
    if (answers === 1) {
      throw new UnreachableError("no answer");
    }
    return live;
  };
  const { done, lines } = waiting({ get, list: async () => [] }, async () => ({ ready: true }), 5);
  assert.equal(await done, live);
  assert.deepEqual(lines, ["Waiting for the API server to answer"]);
});
