// The provider's settings, and a cluster that can't be reached.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Cluster, connect } from "../kubernetes/cluster.ts";
import { checkSettings, diffSettings, loadKubeConfig, readSettings } from "../kubernetes/configure.ts";
import { objectHandler } from "../kubernetes/plugin.ts";
import { type Props, UNKNOWN } from "../lib/values.ts";
import { FakeCluster } from "./fake-cluster.ts";

const fake = new FakeCluster();
const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
before(async () => {
  await fake.start();
});
after(async () => {
  await fake.stop();
  rmSync(folder, { recursive: true });
});

test("the kubeconfig is content or a path, with the context that is set", () => {
  const kubeconfig = fake.kubeconfig();
  assert.equal(readSettings({}, loadKubeConfig({ kubeconfig })).namespace, "fake-ns");
  assert.equal(readSettings({}, loadKubeConfig({ kubeconfig, context: "other" })).namespace, "other-ns");
  const file = join(folder, "config");
  writeFileSync(file, kubeconfig);
  assert.equal(loadKubeConfig({ kubeconfig: file }).getCurrentContext(), "fake");
  assert.equal(readSettings({ namespace: "mine" }, loadKubeConfig({ kubeconfig: file })).namespace, "mine");
});

test("without the setting it is that of the environment", () => {
  const file = join(folder, "from-environment");
  writeFileSync(file, fake.kubeconfig());
  const old = process.env.KUBECONFIG;
  process.env.KUBECONFIG = file;
  try {
    assert.equal(loadKubeConfig({ context: "other" }).getCurrentContext(), "other");
    process.env.KUBECONFIG = join(folder, "missing");
    assert.throws(() => loadKubeConfig({}), /there is no kubeconfig: 'kubeconfig' is not set and KUBECONFIG=.*missing/);
  } finally {
    if (old === undefined) {
      delete process.env.KUBECONFIG;
    } else {
      process.env.KUBECONFIG = old;
    }
  }
});

test("requests carry the user's token, or the one that a cloud's program gives", async () => {
  const signal = new AbortController().signal;
  const kubeconfig = fake.kubeconfig();
  await connect({ kubeconfig }, log, signal);
  assert.equal(fake.calls.at(-1)?.authorization, "Bearer t");
  const credential = {
    apiVersion: "client.authentication.k8s.io/v1",
    kind: "ExecCredential",
    status: { token: "from-a-program" },
  };
  const print = `process.stdout.write(${JSON.stringify(JSON.stringify(credential))})`;
  const exec = { apiVersion: credential.apiVersion, command: process.execPath, args: ["-e", print] };
  const withProgram = kubeconfig.replace('{"token":"t"}', JSON.stringify({ exec }));
  await connect({ kubeconfig: withProgram }, log, signal);
  assert.equal(fake.calls.at(-1)?.authorization, "Bearer from-a-program");
});

test("a wrong context or cluster is one sentence that names what there is", () => {
  const kubeconfig = fake.kubeconfig();
  assert.throws(
    () => loadKubeConfig({ kubeconfig, context: "prod" }),
    /^Error: the kubeconfig has no context 'prod'; it has: fake, other$/,
  );
  assert.throws(() => loadKubeConfig({ kubeconfig, cluster: "prod" }), /no cluster 'prod'; it has: fake$/);
  assert.throws(() => loadKubeConfig({ kubeconfig: "not: [a\nkubeconfig" }), /'kubeconfig' is no kubeconfig/);
  assert.throws(() => loadKubeConfig({ kubeconfig: "/no/such" }), /there is no kubeconfig file '\/no\/such'/);
});

test("settings that are not known or not supported are refused by name", () => {
  const failures = checkSettings({
    kubeconfig: "x",
    namespace: "y",
    enableServerSideApply: "false",
    renderYamlToDirectory: "out",
    bogus: "1",
    helmReleaseSettings: "null",
    version: "4.34.2",
  });
  assert.deepEqual(
    failures.map(({ reason }) => reason),
    [
      "provider setting 'renderYamlToDirectory' is not supported by the stand-in kubernetes plugin",
      "unknown provider setting 'bogus'",
      "the stand-in kubernetes plugin has server-side apply only",
    ],
  );
  assert.deepEqual(checkSettings({ enableServerSideApply: "true" }), []);
});

test("another cluster replaces everything, another context of the same one nothing", () => {
  const kubeconfig = fake.kubeconfig();
  const replaced = (olds: Props, news: Props) => diffSettings(olds, news).map(({ path, replace }) => [path, replace]);
  assert.deepEqual(replaced({ kubeconfig }, { kubeconfig }), []);
  assert.deepEqual(replaced({ kubeconfig }, { kubeconfig, context: "other" }), [["context", false]]);
  const elsewhere = kubeconfig.replace("127.0.0.1", "127.0.0.2");
  assert.deepEqual(replaced({ kubeconfig }, { kubeconfig: elsewhere }), [["kubeconfig", true]]);
  assert.deepEqual(replaced({ kubeconfig }, { kubeconfig: UNKNOWN }), [["kubeconfig", true]]);
  const named = { clusterIdentifier: "one" };
  assert.deepEqual(replaced({ kubeconfig, ...named }, { kubeconfig: elsewhere, ...named }), [["kubeconfig", false]]);
});

const log = { info: () => {}, warning: (_urn: string, line: string) => void warnings.push(line), status: () => {} };
const warnings: string[] = [];
const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "b" } };

async function refusedBy(cluster: Cluster, pattern: RegExp): Promise<void> {
  const handler = objectHandler(cluster, "kubernetes:core/v1:ConfigMap");
  assert.ok(handler);
  const existing = { id: "b/a", urn: "u", state: { ...configMap, __inputs: configMap } };
  await assert.rejects(handler.create("u", configMap, false), pattern);
  await assert.rejects(handler.update(existing, configMap, false), pattern);
  await assert.rejects(handler.read(existing, configMap), pattern);
  await assert.rejects(handler.remove(existing), pattern);
}

test("a cluster that can't be reached is one sentence for what needs it; a preview of what is new does without", async () => {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await new Promise((resolve) => listener.close(resolve));
  const kubeconfig = fake.kubeconfig().replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`);
  const start = performance.now();
  const cluster = await connect({ kubeconfig }, log, new AbortController().signal);
  assert.ok(performance.now() - start < 5000);
  await refusedBy(
    cluster,
    new RegExp(`the Kubernetes API server at http://127\\.0\\.0\\.1:${port} can't be reached: `),
  );
  const handler = objectHandler(cluster, "kubernetes:core/v1:ConfigMap");
  assert.deepEqual(await handler?.create("u", configMap, true), { id: "", outputs: configMap });
  await handler?.create("u", configMap, true);
  assert.equal(warnings.length, 1);
  const gone = { ...cluster, settings: { ...cluster.settings, deleteUnreachable: true } };
  const existing = { id: "b/a", urn: "u", state: { ...configMap, __inputs: configMap } };
  assert.equal(await objectHandler(gone, "kubernetes:core/v1:ConfigMap")?.read(existing, configMap), undefined);
});

test("a context that is not there is one sentence for what needs the cluster", async () => {
  const config = { kubeconfig: fake.kubeconfig(), context: "prod" };
  const cluster = await connect(config, log, new AbortController().signal);
  await refusedBy(cluster, /the kubeconfig has no context 'prod'; it has: fake, other/);
});
