// Real Pulumi, a real cluster, the stand-in plugin. Steps build on each other, in order.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Api } from "../plugins/kubernetes/api.ts";
import { connect } from "../plugins/kubernetes/cluster.ts";
import { loadKubeConfig } from "../plugins/kubernetes/configure.ts";
import { listAt, numberAt, type Reference, textAt } from "../plugins/kubernetes/object.ts";
import { objectHandler } from "../plugins/kubernetes/plugin.ts";
import type { Props } from "../plugins/lib/values.ts";
import { makeProject, type Project, succeed } from "../plugins/test/project.ts";

const kubeconfig = process.env.RESUME_TEST_KUBECONFIG ?? "";
const skip = kubeconfig === "" ? "RESUME_TEST_KUBECONFIG names no kubeconfig of a cluster to test with" : false;

describe("the stand-in kubernetes plugin", { skip }, () => {
  const api = new Api(loadKubeConfig({ kubeconfig }));
  let project: Project;
  let namespace = "";

  const up = (...args: string[]) => succeed(project.pulumi(["up", "--yes", "--skip-preview", ...args]));
  const unchanged = ["--expect-no-changes", "--diff"];
  const set = (key: string, value: string) => succeed(project.pulumi(["config", "set", key, value]));
  const unset = (key: string) => succeed(project.pulumi(["config", "rm", key]));
  const objectIn = (apiVersion: string, kind: string, name: string): Reference => ({
    apiVersion,
    kind,
    namespace,
    name,
  });
  const web = () => objectIn("apps/v1", "Deployment", "web");

  /** Takes away what a test that failed half-way has left. */
  async function clearUp({ pulumi, run, remove }: Project): Promise<void> {
    try {
      await pulumi(["destroy", "--yes", "--skip-preview"]);
      const reference = { apiVersion: "v1", kind: "Namespace", namespace: "", name: `plugins-test-${run}` };
      if ((await api.get(reference)) !== undefined) {
        await api.remove(reference, "Background");
      }
    } finally {
      await remove();
    }
  }

  async function outputs(): Promise<Record<string, string>> {
    const { output } = await succeed(project.pulumi(["stack", "output", "--json", "--show-secrets"]));
    const parsed: unknown = JSON.parse(output.slice(output.indexOf("{")));
    assert.ok(typeof parsed === "object" && parsed !== null);
    return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, String(value)]));
  }

  async function settingsName(): Promise<string> {
    return (await outputs()).settingsName ?? "";
  }

  before(async () => {
    project = await makeProject("objects", { "kubernetes:kubeconfig": kubeconfig });
    namespace = `plugins-test-${project.run}`;
  });

  after(async () => {
    await clearUp(project);
  });

  test("a preview of everything does not need the namespace to be there", async () => {
    const { output } = await succeed(project.pulumi(["preview"]));
    assert.match(output, /\+ 19 to create/);
  });

  test("up creates everything, ready", async () => {
    const { output: shown } = await up();
    const { passwordText = "none", address = "", webUid = "" } = await outputs();
    const live = await api.get(web());
    assert.equal(textAt(live, "metadata", "uid"), webUid);
    assert.equal(numberAt(live, "status", "readyReplicas"), 1);
    assert.match(address, /^\d+\.\d+\.\d+\.\d+$/);
    assert.equal(shown.includes(passwordText), false, "the password is in the output");
    const state = await project.stateText();
    assert.equal(state.includes(passwordText), false, "the password is in the state");
    assert.equal(state.includes(Buffer.from(passwordText).toString("base64")), false, "the password is in the state");
  });

  test("the second time nothing changes: preview, up, refresh, up", async () => {
    await succeed(project.pulumi(["preview", ...unchanged]));
    const start = performance.now();
    await up(...unchanged);
    assert.ok(performance.now() - start < 15_000, "an up without a change takes 15 s or more");
    await succeed(project.pulumi(["refresh", "--yes", "--skip-preview"]));
    await succeed(project.pulumi(["refresh", "--yes", "--skip-preview", ...unchanged]));
    await succeed(project.pulumi(["preview", ...unchanged]));
  });

  test("a changed secret is previewed without showing it", async () => {
    const { passwordText = "none" } = await outputs();
    await set("mode", "a-mode-of-its-own");
    const { output: shown } = await succeed(project.pulumi(["preview", "--diff"]));
    assert.match(shown, /\+-kubernetes:core\/v1:Secret: \(replace\)/);
    for (const secret of [passwordText, "a-mode-of-its-own"]) {
      assert.equal(shown.includes(secret), false);
      assert.equal(shown.includes(Buffer.from(secret).toString("base64")), false);
    }
    await unset("mode");
  });

  test("what can be changed in place is, and is waited for", async () => {
    const { webUid } = await outputs();
    await set("replicas", "3");
    await up();
    const live = await api.get(web());
    assert.equal(textAt(live, "metadata", "uid"), webUid);
    assert.equal(numberAt(live, "status", "readyReplicas"), 3);
    await set("replicas", "1");
    await up();
    await succeed(project.pulumi(["refresh", "--yes", "--skip-preview"]));
    await succeed(project.pulumi(["preview", ...unchanged]));
  });

  test("a changed config map is a new one, what uses it rolls, and the old one goes", async () => {
    const old = await settingsName();
    await set("text", "two");
    const { output: preview } = await succeed(project.pulumi(["preview", "--diff"]));
    assert.match(preview, /\+-kubernetes:core\/v1:ConfigMap: \(replace\)/);
    assert.match(preview, /~ kubernetes:apps\/v1:Deployment: \(update\)/);
    await up();
    const name = await settingsName();
    assert.notEqual(name, old);
    assert.equal(await api.get(objectIn("v1", "ConfigMap", old)), undefined);
    const [volume] = listAt(await api.get(web()), "spec", "template", "spec", "volumes");
    assert.equal(textAt(volume, "configMap", "name"), name);
  });

  test("a missing image fails with the kubelet's words and is kept; a good one goes on from there", async () => {
    const { webUid } = await outputs();
    await set("image", "127.0.0.1:5055/no-such-image:1");
    await set("timeout", "12s");
    const { code, output: shown } = await project.pulumi(["up", "--yes", "--skip-preview"]);
    assert.notEqual(code, 0);
    assert.match(
      shown,
      /Deployment plugins-test-\w+\/web was changed but is not ready after 12 s: 0 of 1 pods .*pod web-.*\[(ErrImagePull|ImagePullBackOff)\].*no-such-image/,
    );
    assert.match((await succeed(project.pulumi(["stack", "export"]))).output, /"initErrors"/);
    const { output: refreshed } = await succeed(project.pulumi(["refresh", "--yes", "--skip-preview"]));
    assert.match(refreshed, /Deployment plugins-test-\w+\/web is not ready: 0 of 1 pods/);
    assert.match((await succeed(project.pulumi(["stack", "export"]))).output, /"initErrors"/);
    await unset("image");
    await unset("timeout");
    await up();
    assert.equal((await outputs()).webUid, webUid);
    await succeed(project.pulumi(["preview", ...unchanged]));
    assert.doesNotMatch((await succeed(project.pulumi(["stack", "export"]))).output, /"initErrors"/);
  });

  test("a refresh finds what others changed, and up puts it back", async () => {
    const scaled = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace },
      spec: { replicas: 2 },
    };
    await api.apply(web(), scaled, { fieldManager: "someone", force: true, dryRun: false });
    const { code, output: shown } = await project.pulumi(["preview", "--refresh", "--diff"]);
    assert.notEqual(code, 0);
    assert.match(shown, /~ replicas: 2 => 1/);
    assert.match(shown, /fields that someone else manages and has set otherwise: \.spec\.replicas .*"someone"/);
    await succeed(
      project.pulumi(["up", "--yes", "--skip-preview", "--refresh"], { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" }),
    );
    assert.equal(numberAt(await api.get(web()), "spec", "replicas"), 1);
  });

  test("what was deleted by hand is made again", async () => {
    const old = await settingsName();
    await api.remove(objectIn("v1", "ConfigMap", old), "Background");
    await up("--refresh");
    assert.notEqual(await api.get(objectIn("v1", "ConfigMap", await settingsName())), undefined);
    await succeed(project.pulumi(["preview", ...unchanged]));
  });

  test("what exists can be imported", async () => {
    const reference = objectIn("v1", "ConfigMap", "by-hand");
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "by-hand", namespace }, data: { a: "b" } };
    await api.apply(reference, object, { fieldManager: "kubectl", force: false, dryRun: false });
    const args = ["import", "kubernetes:core/v1:ConfigMap", "by-hand", `${namespace}/by-hand`];
    await succeed(project.pulumi([...args, "--yes", "--protect=false", "--generate-code=false"]));
    // The program doesn't have it, so it goes.
    await up();
    assert.equal(await api.get(reference), undefined);
  });

  test("what the official plugin has created is updated, and loses what the program no longer has", async () => {
    const log = { info: () => {}, warning: () => {}, status: () => {} };
    const cluster = await connect({ kubeconfig }, log, AbortSignal.timeout(60_000));
    const handler = objectHandler(cluster, "kubernetes:core/v1:ConfigMap");
    assert.ok(handler);
    const inputs = (data: Props): Props => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "official", namespace },
      data,
    });
    // It creates with a POST, under the name that its updates apply under.
    const manager = "pulumi-kubernetes-0ff1c1a1";
    const reference = objectIn("v1", "ConfigMap", "official");
    const old = inputs({ kept: "1", changed: "1", dropped: "1" });
    const made = await api.create(reference, old, manager, false);
    const state = { ...made, __inputs: old, __initialApiVersion: "v1", __fieldManager: manager };
    const existing = { id: `${namespace}/official`, urn: "", state };
    const news = inputs({ kept: "1", changed: "2" });
    const previewed = await handler.update(existing, news, true);
    assert.equal(textAt(previewed, "data", "changed"), "2");
    const outputs = await handler.update(existing, news, false);
    const live = await api.get(reference);
    assert.deepEqual(live?.data, { kept: "1", changed: "2" });
    const owners = listAt(live, "metadata", "managedFields").map((entry) => [entry.manager, entry.operation]);
    assert.deepEqual(owners, [[manager, "Apply"]]);
    await handler.update({ ...existing, state: outputs }, inputs({ changed: "3" }), false);
    assert.deepEqual((await api.get(reference))?.data, { changed: "3" });
  });

  test("destroy leaves nothing", async () => {
    await succeed(project.pulumi(["destroy", "--yes", "--skip-preview"]));
    assert.equal(await api.get({ apiVersion: "v1", kind: "Namespace", namespace: "", name: namespace }), undefined);
    const left = await api.list("scheduling.k8s.io/v1", "PriorityClass", "");
    assert.deepEqual(
      left.map((item) => textAt(item, "metadata", "name")).filter((name) => name.startsWith("high-")),
      [],
    );
  });

  async function troubled(
    trouble: string,
    config: Record<string, string>,
    patterns: RegExp[],
    afterwards: (project: Project) => Promise<void> = async () => {},
  ): Promise<void> {
    const troubledProject = await makeProject("object-trouble", { trouble, kubeconfig, ...config });
    try {
      const start = performance.now();
      const up = ["up", "--yes", "--skip-preview", "--continue-on-error"];
      const { code, output: shown } = await troubledProject.pulumi(up);
      assert.notEqual(code, 0);
      for (const pattern of patterns) {
        assert.match(shown, pattern);
      }
      assert.ok(performance.now() - start < 40_000, "the failure takes 40 s or more");
      await afterwards(troubledProject);
    } finally {
      await clearUp(troubledProject);
    }
  }

  test("too small a quota is named; with a larger one the next up goes on from there", () => {
    const pattern = /Deployment .*\/limited was created but is not ready after 8 s: .*exceeded quota: small-/;
    return troubled("quota", {}, [pattern], async (quotaProject) => {
      const limited = { ...web(), namespace: `plugins-test-${quotaProject.run}`, name: "limited" };
      const uid = textAt(await api.get(limited), "metadata", "uid");
      await succeed(quotaProject.pulumi(["config", "set", "quota", "1"]));
      await succeed(quotaProject.pulumi(["config", "set", "timeout", "60"]));
      await succeed(quotaProject.pulumi(["up", "--yes", "--skip-preview"]));
      const live = await api.get(limited);
      assert.equal(textAt(live, "metadata", "uid"), uid);
      assert.equal(numberAt(live, "status", "availableReplicas"), 1);
    });
  });

  test("Ctrl-C ends the waiting, and what was made is in the state", async () => {
    const stopped = await makeProject("object-trouble", { trouble: "quota", timeout: "300", kubeconfig });
    try {
      const args = ["up", "--yes", "--skip-preview"];
      const { code, output: shown } = await stopped.interrupted(args, /Waiting for app ReplicaSet/);
      assert.notEqual(code, 0);
      assert.match(shown, /Deployment .*\/limited was created but was not waited for to the end: 0 of 1 pods/);
      assert.match((await succeed(stopped.pulumi(["stack", "export"]))).output, /"initErrors"/);
    } finally {
      await clearUp(stopped);
    }
  });

  test("crashes, pods that fit no node, failed jobs and invalid objects are named, all at once", () =>
    troubled("several", {}, [
      /Deployment .*\/crash was created but is not ready after 8 s: .*pod crash-.*container main ended with exit code 3/,
      /Deployment .*\/unschedulable was created but is not ready after 8 s: .*\[Unschedulable\] 0\/\d+ nodes are available/,
      /Job .* was created but has failed: \[BackoffLimitExceeded\]/,
      /Service .* could not be created: .*99999/,
    ]));

  test("a namespace that exists already is one sentence", () =>
    troubled("exists", {}, [/Namespace default already exists in the cluster; give it another name, import it/]));

  test("a wrong context is one sentence", () =>
    troubled("context", {}, [/the kubeconfig has no context 'nowhere'; it has: /]));

  test("an API server that can't be reached is one sentence", () => {
    const nowhere = JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "x",
      clusters: [{ name: "x", cluster: { server: "https://127.0.0.1:1" } }],
      users: [{ name: "x", user: {} }],
      contexts: [{ name: "x", context: { cluster: "x", user: "x" } }],
    });
    return troubled("none", { kubeconfig: nowhere }, [
      /the Kubernetes API server at https:\/\/127\.0\.0\.1:1 can't be reached/,
    ]);
  });
});
