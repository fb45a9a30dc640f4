// The plugin's calls against a small API server.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Cluster } from "../kubernetes/cluster.ts";
import { at, listAt, textAt } from "../kubernetes/object.ts";
import { objectHandler } from "../kubernetes/plugin.ts";
import { PartialFailure } from "../lib/partial-failure.ts";
import type { ResourceHandler } from "../lib/provider.ts";
import { isProps, type Props, Secret, UNKNOWN, Unknown } from "../lib/values.ts";
import { FakeCluster } from "./fake-cluster.ts";

const fake = new FakeCluster();
let cluster: Cluster;
before(async () => {
  cluster = await fake.start();
});
after(() => fake.stop());
beforeEach(() => {
  fake.objects.clear();
  fake.calls.length = 0;
  fake.lines.length = 0;
  fake.refusal = () => undefined;
});

const seed = new Uint8Array();
const urnOf = (type: string, name = "it") => `urn:pulumi:dev::p::${type}::${name}`;

function handlerOf(type: string): ResourceHandler {
  const handler = objectHandler(cluster, type);
  assert.ok(handler, `no handler for ${type}`);
  return handler;
}

async function checked(type: string, news: Props, olds?: Props): Promise<Props> {
  const { inputs, failures } = await handlerOf(type).check({ urn: urnOf(type), olds, news, seed, proposal: undefined });
  assert.deepEqual(failures, []);
  return inputs;
}

const configMap = "kubernetes:core/v1:ConfigMap";
const secretType = "kubernetes:core/v1:Secret";
const named = (extra: Props = {}): Props => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings", namespace: "web" },
  data: { a: "1" },
  ...extra,
});
const path = "/api/v1/namespaces/web/configmaps/settings";

async function created(type: string, inputs: Props): Promise<{ id: string; outputs: Props }> {
  return handlerOf(type).create(urnOf(type), await checked(type, inputs), false);
}

test("an object without a name gets one that it keeps, and the context's namespace", async () => {
  const inputs = await checked(configMap, { apiVersion: "v1", kind: "ConfigMap", data: { a: "1" } });
  const name = textAt(inputs, "metadata", "name");
  assert.match(name, /^it-[0-9a-f]{8}$/);
  const annotations = { "pulumi.com/autonamed": "true" };
  assert.deepEqual(inputs.metadata, { annotations, name, namespace: "fake-ns" });
  const again = await checked(configMap, { apiVersion: "v1", kind: "ConfigMap", data: { a: "2" } }, inputs);
  assert.equal(textAt(again, "metadata", "name"), name);
});

test("an object of the whole cluster gets no namespace", async () => {
  const inputs = await checked("kubernetes:core/v1:Namespace", { apiVersion: "v1", kind: "Namespace" });
  assert.equal(at(inputs, "metadata", "namespace"), undefined);
});

test("a name that is not known yet stays so", async () => {
  const inputs = await checked(configMap, named({ metadata: { name: UNKNOWN, namespace: "web" } }));
  assert.ok(at(inputs, "metadata", "name") instanceof Unknown);
  assert.equal(at(inputs, "metadata", "annotations"), undefined);
});

test("creation applies under a manager of its own, and the state has the official form", async () => {
  const { id, outputs } = await created(configMap, named());
  assert.equal(id, "web/settings");
  const call = fake.calls.find(({ method }) => method === "PATCH");
  assert.equal(call?.query.get("force"), "false");
  assert.equal(call?.query.get("fieldManager"), outputs.__fieldManager);
  assert.match(String(outputs.__fieldManager), /^pulumi-kubernetes-[0-9a-f]{8}$/);
  assert.equal(outputs.__initialApiVersion, "v1");
  assert.deepEqual(outputs.__inputs, named());
  assert.equal(at(outputs, "metadata", "uid"), at(fake.objects.get(path), "metadata", "uid"));
});

test("no change, an update in place, and what replaces", async () => {
  const { id, outputs: state } = await created(configMap, named());
  const diff = (news: Props) => handlerOf(configMap).diff({ id, urn: "", state }, news);
  assert.deepEqual((await diff(named())).changes, []);
  const labelled = await diff(named({ metadata: { name: "settings", namespace: "web", labels: { x: "y" } } }));
  assert.deepEqual(
    labelled.changes.map(({ path, kind, replace }) => [path, kind, replace]),
    [["metadata.labels", "add", false]],
  );
  const changed = await diff(named({ data: { a: "2" } }));
  assert.deepEqual(
    changed.changes.map(({ path, kind, replace }) => [path, kind, replace]),
    [["data.a", "update", true]],
  );
  assert.equal(changed.deleteBeforeReplace, true);
  const moved = await diff(named({ metadata: { name: "other", namespace: "web" } }));
  assert.equal(moved.changes[0]?.replace, true);
  assert.equal(moved.deleteBeforeReplace, false);
});

test("an object that exists already is refused, or taken over when that is set", async () => {
  await created(configMap, named());
  await assert.rejects(created(configMap, named()), /ConfigMap web\/settings already exists in the cluster/);
  const handler = objectHandler({ ...cluster, settings: { ...cluster.settings, upsert: true } }, configMap);
  await handler?.create(urnOf(configMap), named(), false);
});

test("a preview is a dry run; what the server makes anew is not known in it", async () => {
  const { id, outputs } = await handlerOf(configMap).create(urnOf(configMap), named(), true);
  assert.equal(id, "");
  assert.equal(fake.objects.size, 0);
  assert.equal(fake.calls.at(-1)?.query.get("dryRun"), "All");
  assert.ok(at(outputs, "metadata", "uid") instanceof Unknown);
  const unknown = named({ data: { a: UNKNOWN } });
  assert.deepEqual((await handlerOf(configMap).create(urnOf(configMap), unknown, true)).outputs, unknown);
});

test("a preview whose namespace is not there yet is no error; what the server refuses is", async () => {
  const missing = {
    status: 404,
    body: { reason: "NotFound", message: "no namespace", details: { kind: "namespaces" } },
  };
  fake.refusal = ({ method }) => (method === "PATCH" ? missing : undefined);
  assert.deepEqual((await handlerOf(configMap).create(urnOf(configMap), named(), true)).outputs, named());
  const invalid = { status: 422, body: { reason: "Invalid", message: "metadata.name: too long" } };
  fake.refusal = ({ method }) => (method === "PATCH" ? invalid : undefined);
  await assert.rejects(
    handlerOf(configMap).create(urnOf(configMap), named(), true),
    /^Error: ConfigMap web\/settings could not be created: metadata\.name: too long$/,
  );
});

test("a creation waits for its namespace for a while", async () => {
  let left = 1;
  const missing = {
    status: 404,
    body: { reason: "NotFound", message: "no namespace", details: { kind: "namespaces" } },
  };
  fake.refusal = ({ method }) => (method === "PATCH" && left-- > 0 ? missing : undefined);
  await created(configMap, named());
  assert.match(fake.lines.join("\n"), /Retry #1; creation failed: no namespace/);
});

test("a conflict with another manager is one sentence; kubectl's fields are taken over", async () => {
  const { id, outputs: state } = await created(configMap, named());
  const conflict = (manager: string) => ({
    status: 409,
    body: {
      reason: "Conflict",
      message: `Apply failed with 1 conflict: conflict with "${manager}": .data.a`,
      details: {
        causes: [{ reason: "FieldManagerConflict", message: `conflict with "${manager}" using v1`, field: ".data.a" }],
      },
    },
  });
  const update = () => handlerOf(configMap).update({ id, urn: "", state }, named({ data: { a: "2" } }), false);
  fake.refusal = ({ query }) => (query.get("force") === "false" ? conflict("controller") : undefined);
  await assert.rejects(update(), /fields that someone else manages.*\.data\.a.*"controller".*pulumi\.com\/patchForce/);
  fake.refusal = ({ query }) => (query.get("force") === "false" ? conflict("kubectl-client-side-apply") : undefined);
  assert.equal(at(await update(), "data", "a"), "2");
});

test("an update takes over what the official plugin's creation and kubectl own, while nobody else changes the object", async () => {
  const { id, outputs: state } = await created(configMap, named());
  const manager = String(state.__fieldManager);
  const owner = (name: string, operation: string, field: string, more: Props = {}): Props => ({
    manager: name,
    operation,
    apiVersion: "v1",
    fieldsV1: { "f:data": { ".": {}, [`f:${field}`]: {} } },
    ...more,
  });
  const others = [
    owner("controller", "Update", "d"),
    owner("pulumi-kubernetes-00000000", "Apply", "e"),
    owner(manager, "Update", "f", { subresource: "status" }),
  ];
  const taken = [
    owner(manager, "Update", "a"),
    owner("kubectl-client-side-apply", "Update", "b"),
    owner("kubectl", "Apply", "c"),
  ];
  const live = fake.objects.get(path) ?? {};
  const metadata = isProps(live.metadata) ? live.metadata : {};
  fake.objects.set(path, { ...live, metadata: { ...metadata, managedFields: [...taken, ...others] } });
  let conflicts = 1;
  const patches: Props[] = [];
  fake.refusal = ({ path: asked, method, query, body }) => {
    if (asked !== path || method !== "PATCH" || query.has("fieldManager")) return undefined;
    patches.push(body);
    return conflicts-- > 0
      ? { status: 409, body: { reason: "Conflict", message: "the object has been modified" } }
      : { status: 200, body: live };
  };
  await handlerOf(configMap).update({ id, urn: "", state }, named({ data: { a: "2" } }), true);
  assert.equal(patches.length, 0, "a preview takes nothing over");
  await handlerOf(configMap).update({ id, urn: "", state }, named({ data: { a: "2" } }), false);
  assert.equal(patches.length, 2);
  const fields = { "f:data": { ".": {}, "f:a": {}, "f:b": {}, "f:c": {} } };
  const own = { manager, operation: "Apply", apiVersion: "v1", fieldsV1: fields };
  const [managed, version] = listAt(patches[1] ?? {}, "operations");
  assert.deepEqual(at(managed, "path"), "/metadata/managedFields");
  assert.deepEqual(at(managed, "value"), [...others, own]);
  assert.deepEqual(version, {
    op: "replace",
    path: "/metadata/resourceVersion",
    value: textAt(live, "metadata", "resourceVersion"),
  });
});

test("in a preview a conflict with the creation under the same name is none", async () => {
  const { id, outputs: state } = await created(configMap, named());
  const manager = String(state.__fieldManager);
  const conflict = (name: string) => ({
    status: 409,
    body: {
      reason: "Conflict",
      message: "Apply failed with 1 conflict",
      details: {
        causes: [{ reason: "FieldManagerConflict", message: `conflict with "${name}" using v1`, field: ".data.a" }],
      },
    },
  });
  const live = fake.objects.get(path) ?? {};
  const metadata = isProps(live.metadata) ? live.metadata : {};
  const managedFields = [{ manager, operation: "Update", apiVersion: "v1", fieldsV1: {} }];
  fake.objects.set(path, { ...live, metadata: { ...metadata, managedFields } });
  const preview = () => handlerOf(configMap).update({ id, urn: "", state }, named({ data: { a: "2" } }), true);
  fake.refusal = ({ query }) => (query.get("force") === "false" ? conflict(manager) : undefined);
  assert.equal(at(await preview(), "data", "a"), "2");
  fake.refusal = ({ query }) => (query.get("force") === "false" ? conflict("pulumi-kubernetes-00000000") : undefined);
  await assert.rejects(preview(), /fields that someone else manages/);
});

test("fields whose changes are ignored are left to their manager", async () => {
  const { id, outputs: state } = await created(configMap, named());
  const live = fake.objects.get(path) ?? {};
  const managedFields = [{ manager: "scaler", fieldsV1: { "f:data": { "f:a": {} } } }];
  fake.objects.set(path, { ...live, metadata: { ...(isProps(live.metadata) ? live.metadata : {}), managedFields } });
  const options = { timeoutSeconds: 0, ignoreChanges: ["data.a"] };
  const news = named({ data: { a: "9", b: "1" } });
  const { changes } = await handlerOf(configMap).diff({ id, urn: "", state }, news, options);
  assert.deepEqual(
    changes.map((change) => change.path),
    ["data.b"],
  );
  await handlerOf(configMap).update({ id, urn: "", state }, news, false, options);
  assert.deepEqual(fake.calls.at(-1)?.body.data, { b: "1" });
});

test("a Secret's texts become data that is secret everywhere, and are in no message", async () => {
  const inputs = await checked(secretType, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s", namespace: "web" },
    stringData: new Secret({ password: "correct horse" }),
  });
  const encoded = Buffer.from("correct horse").toString("base64");
  assert.deepEqual(inputs.data, new Secret({ password: encoded }));
  assert.equal(inputs.stringData, undefined);
  const { outputs } = await handlerOf(secretType).create(urnOf(secretType), inputs, false);
  assert.ok(outputs.data instanceof Secret);
  assert.ok(at(outputs, "__inputs", "data") instanceof Secret);
  assert.deepEqual((await handlerOf(secretType).diff({ id: "web/s", urn: "", state: outputs }, inputs)).changes, []);
  fake.objects.clear();
  const leak = { status: 422, body: { reason: "Invalid", message: `bad values ${encoded} and correct horse` } };
  fake.refusal = ({ method }) => (method === "PATCH" ? leak : undefined);
  await assert.rejects(handlerOf(secretType).create(urnOf(secretType), inputs, true), (error: Error) => {
    assert.equal(error.message.includes(encoded) || error.message.includes("correct horse"), false);
    return true;
  });
});

test("a refresh shows what others changed, and that an object is gone", async () => {
  const { id, outputs: state } = await created(configMap, named());
  const read = () => handlerOf(configMap).read({ id, urn: "", state }, named());
  assert.deepEqual((await read())?.inputs, named());
  fake.objects.set(path, { ...fake.objects.get(path), data: { a: "drifted", theirs: "x" } });
  const drifted = await read();
  assert.deepEqual(drifted?.inputs.data, { a: "drifted" });
  const back = await handlerOf(configMap).diff({ id, urn: "", state: drifted?.outputs ?? {} }, named());
  assert.deepEqual(
    back.changes.map((change) => change.path),
    ["data.a"],
  );
  fake.objects.clear();
  assert.equal(await read(), undefined);
});

test("an import finds the inputs", async () => {
  await created(configMap, named());
  const found = await handlerOf(configMap).read({ id: "web/settings", urn: "", state: {} }, {});
  assert.deepEqual(found?.inputs, named());
  const { changes } = await handlerOf(configMap).diff({ id: "", urn: "", state: found?.outputs ?? {} }, named());
  assert.deepEqual(changes, []);
});

test("a deletion waits until the object is gone, and says what holds it", async () => {
  const { id, outputs: state } = await created(configMap, named());
  await handlerOf(configMap).remove({ id, urn: "", state });
  assert.equal(fake.objects.size, 0);
  assert.equal(fake.calls.find(({ method }) => method === "DELETE")?.body.propagationPolicy, "Foreground");
  await handlerOf(configMap).remove({ id, urn: "", state });

  const second = await created(configMap, named());
  const live = fake.objects.get(path) ?? {};
  const metadata = isProps(live.metadata) ? live.metadata : {};
  fake.objects.set(path, { ...live, metadata: { ...metadata, finalizers: ["example.com/wait"] } });
  fake.refusal = ({ method }) => (method === "DELETE" ? { status: 200, body: {} } : undefined);
  await assert.rejects(
    handlerOf(configMap).remove({ id, urn: "", state: second.outputs }, { timeoutSeconds: 1, ignoreChanges: [] }),
    /ConfigMap web\/settings is still there 1 s after its deletion: it is held by example\.com\/wait/,
  );
});

test("an object that does not get ready is in the state all the same", async () => {
  const type = "kubernetes:core/v1:Pod";
  const inputs = await checked(type, { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "web" } });
  const options = { timeoutSeconds: 1, ignoreChanges: [] };
  const failing = handlerOf(type).create(urnOf(type), inputs, false, options);
  await assert.rejects(failing, (error: unknown) => {
    assert.ok(error instanceof PartialFailure);
    assert.equal(error.id, "web/p");
    assert.equal(error.message, "Pod web/p was created but is not ready after 1 s");
    assert.deepEqual(error.outputs.__inputs, inputs);
    return true;
  });
});

test("types that stand for no object have no handler", () => {
  for (const type of [
    "kubernetes:helm.sh/v3:Release",
    "kubernetes:core/v1:ConfigMapPatch",
    "kubernetes:yaml/v2:ConfigFile",
  ]) {
    assert.equal(objectHandler(cluster, type), undefined, type);
  }
});
