// What counts as a change, and which changes replace.
import assert from "node:assert/strict";
import { test } from "node:test";
import { diffObjects, parsePath, pathText } from "../kubernetes/diff.ts";
import { prune } from "../kubernetes/prune.ts";
import { amountOf } from "../kubernetes/quantity.ts";
import { replaceRules } from "../kubernetes/replace-rules.ts";
import { type Props, UNKNOWN, type Value } from "../lib/values.ts";

const immutable = { configMapMutable: false, secretMutable: false };
const mutable = { configMapMutable: true, secretMutable: true };

/** The changes of one property, as `path kind`, with `!` where it replaces. */
function changes(apiVersion: string, kind: string, old: Props, wanted: Props, mutability = immutable): string[] {
  const object = (rest: Props): Props => ({ apiVersion, kind, ...rest });
  return diffObjects(object(old), object(wanted), replaceRules(object(wanted), mutability)).map(
    ({ path, kind: change, replace }) => `${path} ${change}${replace ? "!" : ""}`,
  );
}

const spec = (old: Props, wanted: Props): [Props, Props] => [{ spec: old }, { spec: wanted }];

test("what can't be changed in place replaces", () => {
  const cases: [string, string, Props, Props, string[]][] = [
    ["apps/v1", "Deployment", ...spec({ selector: { a: "1" } }, { selector: { a: "2" } }), ["spec.selector.a update!"]],
    ["apps/v1", "Deployment", ...spec({ replicas: 2 }, { replicas: 4 }), ["spec.replicas update"]],
    ["apps/v1", "StatefulSet", ...spec({ serviceName: "a" }, { serviceName: "b" }), ["spec.serviceName update!"]],
    ["apps/v1", "StatefulSet", ...spec({ replicas: 1 }, { replicas: 2 }), ["spec.replicas update"]],
    [
      "apps/v1",
      "StatefulSet",
      ...spec(
        { volumeClaimTemplates: [{ spec: { storageClassName: "a" } }] },
        { volumeClaimTemplates: [{ spec: { storageClassName: "b" } }] },
      ),
      ["spec.volumeClaimTemplates[0].spec.storageClassName update!"],
    ],
    [
      "apps/v1",
      "StatefulSet",
      ...spec({ podManagementPolicy: "Parallel" }, { podManagementPolicy: "OrderedReady" }),
      ["spec.podManagementPolicy update!"],
    ],
    ["v1", "Service", ...spec({ clusterIP: "10.0.0.1" }, { clusterIP: "None" }), ["spec.clusterIP update!"]],
    ["v1", "Service", ...spec({ type: "ClusterIP" }, { type: "NodePort" }), ["spec.type update"]],
    ["batch/v1", "Job", ...spec({ template: { x: 1 } }, { template: { x: 2 } }), ["spec.template.x update!"]],
    [
      "v1",
      "PersistentVolumeClaim",
      ...spec({ storageClassName: "a" }, { storageClassName: "b" }),
      ["spec.storageClassName update!"],
    ],
    [
      "v1",
      "PersistentVolumeClaim",
      ...spec({ resources: { requests: { storage: "1Gi" } } }, { resources: { requests: { storage: "2Gi" } } }),
      ["spec.resources.requests.storage update"],
    ],
    ["storage.k8s.io/v1", "StorageClass", { provisioner: "a" }, { provisioner: "b" }, ["provisioner update!"]],
    ["storage.k8s.io/v1", "StorageClass", {}, { parameters: { a: "b" } }, ["parameters add!"]],
    [
      "rbac.authorization.k8s.io/v1",
      "RoleBinding",
      { roleRef: { name: "a" } },
      { roleRef: { name: "b" } },
      ["roleRef.name update!"],
    ],
    [
      "policy/v1",
      "PodDisruptionBudget",
      ...spec({ minAvailable: 1 }, { minAvailable: 2 }),
      ["spec.minAvailable update"],
    ],
    [
      "autoscaling/v2",
      "HorizontalPodAutoscaler",
      ...spec({ maxReplicas: 1 }, { maxReplicas: 2 }),
      ["spec.maxReplicas update"],
    ],
    ["v1", "Secret", { type: "Opaque" }, { type: "other" }, ["type update!"]],
    [
      "v1",
      "Pod",
      ...spec({ containers: [{ image: "a" }] }, { containers: [{ image: "b" }] }),
      ["spec.containers[0].image update!"],
    ],
    ["v1", "Pod", ...spec({}, { containers: [{ image: "b" }] }), ["spec.containers add!"]],
    [
      "v1",
      "Pod",
      ...spec({ activeDeadlineSeconds: 1 }, { activeDeadlineSeconds: 2 }),
      ["spec.activeDeadlineSeconds update"],
    ],
    ["v1", "Namespace", { metadata: { name: "a" } }, { metadata: { name: "b" } }, ["metadata.name update!"]],
    ["v1", "Namespace", { metadata: { name: "a" } }, { metadata: { name: UNKNOWN } }, ["metadata.name update!"]],
  ];
  for (const [apiVersion, kind, old, wanted, expected] of cases) {
    assert.deepEqual(changes(apiVersion, kind, old, wanted), expected, `${kind} ${JSON.stringify(wanted)}`);
  }
});

test("config maps and secrets replace unless they may change, and always when they are immutable", () => {
  for (const kind of ["ConfigMap", "Secret"]) {
    const [old, wanted] = [{ data: { a: "1" } }, { data: { a: "2" } }];
    assert.deepEqual(changes("v1", kind, old, wanted), ["data.a update!"]);
    assert.deepEqual(changes("v1", kind, old, wanted, mutable), ["data.a update"]);
    const locked = { immutable: true };
    assert.deepEqual(changes("v1", kind, { ...old, ...locked }, { ...wanted, ...locked }, mutable), ["data.a update!"]);
  }
});

test("lists are compared item by item", () => {
  const [old, wanted] = spec({ ports: [{ port: 1 }, { port: 2 }] }, { ports: [{ port: 1, name: "a" }] });
  assert.deepEqual(changes("v1", "Service", old, wanted), ["spec.ports[0].name add", "spec.ports[1] delete"]);
});

test("what the server adds is no change; what it leaves out because it is nothing is none either", () => {
  const inputs = {
    spec: {
      hostNetwork: false,
      priority: 0,
      ports: [{ port: 80 }],
      resources: { limits: { cpu: "1000m" } },
      gone: "x",
    },
  };
  const live = {
    spec: { clusterIP: "10.0.0.1", ports: [{ port: 80, protocol: "TCP" }], resources: { limits: { cpu: "1" } } },
    status: {},
  };
  const before = prune(live, inputs);
  assert.deepEqual(before, {
    spec: { hostNetwork: false, priority: 0, ports: [{ port: 80 }], resources: { limits: { cpu: "1000m" } } },
  });
  assert.deepEqual(changes("v1", "X", before, inputs), ["spec.gone add"]);
});

test("the same amount in another spelling is the same", () => {
  const same: [Value, Value][] = [
    ["1000m", "1"],
    [1, "1"],
    ["0.5", "500m"],
    ["1024Mi", "1Gi"],
    ["1Gi", "1073741824"],
    ["1e3", "1k"],
    ["100M", "100000000"],
  ];
  for (const [a, b] of same) {
    assert.notEqual(amountOf(a), undefined);
    assert.equal(amountOf(a), amountOf(b), `${a} and ${b}`);
  }
  assert.notEqual(amountOf("1G"), amountOf("1Gi"));
  for (const none of ["", "Gi", "1 Gi", "ten", "1.2.3", null]) {
    assert.equal(amountOf(none), undefined, String(none));
  }
  const limits = (cpu: Value) => ({ spec: { limits: { cpu } } });
  assert.deepEqual(changes("v1", "X", limits("1"), limits("1000m")), []);
  const data = (text: string) => ({ data: { text } });
  assert.deepEqual(changes("v1", "X", data("1"), data("1000m")), ["data.text update"]);
});

test("paths are written and read as Pulumi does", () => {
  for (const path of [
    ["spec", "ports", 0, "port"],
    ["data", "redis.conf"],
    ["metadata", "annotations", 'a"b.c/d'],
  ]) {
    assert.deepEqual(parsePath(pathText(path)), path);
  }
  assert.equal(pathText(["data", "redis.conf"]), 'data["redis.conf"]');
});
