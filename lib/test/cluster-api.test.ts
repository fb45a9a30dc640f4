import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { ClusterApi, type Manifest } from "../cluster/api.ts";
import { UserError } from "../user-error.ts";

const folder = mkdtempSync(join(tmpdir(), "cluster-api-"));
const kubeconfig = join(folder, "kubeconfig");
const requests: { path: string; type: string | undefined; body: unknown }[] = [];
let refusal: object | undefined;

const server = createServer((request, response) => {
  void text(request).then((body) => {
    const { method, url: path = "", headers } = request;
    const isList = method === "GET" && path === "/apis/apps/v1";
    if (method === "PATCH") {
      requests.push({ path, type: headers["content-type"], body: JSON.parse(body) });
    }
    const failed = !isList && refusal !== undefined;
    response.writeHead(failed ? 403 : 200, { "content-type": "application/json" });
    const resources = [{ kind: "Deployment", name: "deployments", namespaced: true }];
    response.end(JSON.stringify(isList ? { resources } : failed ? refusal : { ...JSON.parse(body || "{}") }));
  });
});
function writeKubeconfig(file: string, address: string): void {
  const config = {
    clusters: [{ name: "c", cluster: { server: address, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: {} }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  writeFileSync(file, JSON.stringify(config));
}
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  writeKubeconfig(kubeconfig, `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
});
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const manifest: Manifest = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "a", namespace: "b", labels: { "k8s-app": "a" } },
  spec: {
    selector: { matchLabels: { "k8s-app": "a" } },
    strategy: { rollingUpdate: { maxUnavailable: 0 } },
    template: { spec: { containers: [{ name: "a", readinessProbe: { httpGet: { path: "/", port: "web" } } }] } },
  },
};

test("an object is applied unchanged, by server-side apply; a refusal has the API server's message", async () => {
  const api = new ClusterApi(kubeconfig);
  await api.apply(structuredClone(manifest));
  assert.deepEqual(requests, [
    {
      path: "/apis/apps/v1/namespaces/b/deployments/a?fieldManager=resume-toolchain&force=true",
      type: "application/apply-patch+yaml",
      body: manifest,
    },
  ]);
  refusal = { kind: "Status", message: "quota exceeded" };
  await assert.rejects(
    api.apply(manifest),
    (error) => error instanceof UserError && error.message === "cluster: Deployment a is refused: quota exceeded",
  );
});

test("the API server is ready when it answers so, and not when nothing answers", async () => {
  refusal = undefined;
  assert.equal(await new ClusterApi(kubeconfig).isReady(), true);
  const dead = join(folder, "dead");
  writeKubeconfig(dead, "http://127.0.0.1:1");
  assert.equal(await new ClusterApi(dead).isReady(), false);
});
