import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { KubeConfig } from "@kubernetes/client-node";
import { componentLabel, stackLabels } from "../../infra/labels.ts";
import { clientAt } from "../../lib/docker-engine.ts";
import { clusterParts } from "../lib/cluster-parts.ts";
import { dockerParts } from "../lib/docker-parts.ts";
import { askedOf, healthyLine, lastLinesOf, type Part, problemsOf } from "../lib/parts.ts";
import { parseTargets } from "../lib/scrape-targets.ts";
import { StackState } from "../lib/stack-state.ts";

/** What the engine or the API server answers, by path. What has no answer is not there. */
let answers: Record<string, unknown> = {};

const folder = mkdtempSync(join(tmpdir(), "parts-"));
const server = createServer(({ url = "" }, response) => {
  const path = url.replace(/^\/v[\d.]+(?=\/)|\?.*$/g, "");
  const answer = answers[path];
  const body = answer instanceof Buffer ? answer : JSON.stringify(answer ?? { message: `no ${path}` });
  response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" }).end(body);
});
const socket = join(folder, "sock");
before(() => new Promise<void>((resolve) => server.listen(socket, resolve)));
after(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

const network = { id: "net", name: "resume-dev-0a1b2c3" };

function resource(type: string, id: string, outputs: object) {
  return { urn: `urn:pulumi:dev::resume::${type}::${id}`, type, id, outputs };
}

function stated(id: string, component: string) {
  const labels = [{ label: componentLabel, value: component }];
  return resource("docker:index/container:Container", id, { name: `resume-dev-${id}`, labels });
}

function found(id: string, component: string, State: string, Status: string) {
  const NetworkSettings = { Networks: { [network.name]: { NetworkID: network.id } } };
  return {
    Id: id,
    Names: [`/resume-dev-${id}`],
    Labels: { [componentLabel]: component },
    State,
    Status,
    NetworkSettings,
  };
}

function dockerPartsNow(resources: object[], containers: object[]): Promise<Part[]> {
  answers = { ...answers, "/containers/json": containers };
  const state = new StackState({ deployment: { resources } });
  return dockerParts(clientAt(`unix://${socket}`), { labels: stackLabels("resume", "dev"), network, state });
}

test("a stack on Docker whose containers all run is healthy", async () => {
  const parts = await dockerPartsNow(
    [stated("nginx", "nginx"), stated("resume-0", "resume"), stated("resume-1", "resume")],
    [
      found("nginx", "nginx", "running", "Up 2 weeks (healthy)"),
      found("resume-0", "resume", "running", "Up 4 seconds (healthy)"),
      found("resume-1", "resume", "running", "Up 4 seconds (healthy)"),
    ],
  );
  assert.deepEqual(problemsOf(parts), []);
  assert.equal(healthyLine(parts), "nginx, resume × 2");
  assert.equal(askedOf(parts, "resume"), 2);
});

test("what is wrong with each container, and which of them only a refresh heals", async () => {
  answers = { "/containers/redis/logs": Buffer.from("\x01\0\0\0\0\0\0\x0dout of memory") };
  const parts = await dockerPartsNow(
    ["removed", "killed", "never-started", "redis", "looping", "paused", "starting"].map((id) => stated(id, id)),
    [
      found("killed", "killed", "exited", "Exited (137) 3 seconds ago"),
      found("never-started", "never-started", "created", "Created"),
      found("redis", "redis", "running", "Up 3 minutes (unhealthy)"),
      found("looping", "looping", "restarting", "Restarting (1) 2 seconds ago"),
      found("paused", "paused", "paused", "Up 3 minutes (healthy) (Paused)"),
      found("starting", "starting", "running", "Up 1 second (health: starting)"),
      found("orphan", "resume", "running", "Up 3 minutes (healthy)"),
    ],
  );
  assert.deepEqual(problemsOf(parts), [
    "resume-dev-removed is gone",
    "resume-dev-killed is exited",
    "resume-dev-never-started is created",
    "resume-dev-redis is unhealthy",
    "resume-dev-looping is restarting",
    "resume-dev-paused is paused",
    "resume-dev-starting is starting",
    "resume-dev-orphan is not in the stack's state",
  ]);
  assert.deepEqual(
    parts.flatMap(({ component, isGone }) => (isGone ? [component] : [])),
    ["removed", "killed", "never-started"],
  );
  const redis = parts.filter(({ component }) => component === "redis");
  assert.deepEqual(await lastLinesOf(redis), ["The last lines of resume-dev-redis:\n  out of memory"]);
});

const apps = "/apis/apps/v1/namespaces/resume-k8s";

function workload(kind: string, name: string, asked: number, ready: number, uid = name) {
  const status = { observedGeneration: 2, replicas: asked, updatedReplicas: asked, readyReplicas: ready };
  const metadata = { name, namespace: "resume-k8s", uid, generation: 2, labels: { [componentLabel]: name } };
  return { apiVersion: "apps/v1", kind, metadata, spec: { replicas: asked }, status };
}

test("a stack on Kubernetes: pods that are not ready, objects that are gone, workloads of nobody", async () => {
  const access = new KubeConfig();
  const tcp = createServer((request, response) => server.emit("request", request, response));
  await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
  const { port } = Object(tcp.address());
  access.loadFromClusterAndUser({ name: "c", server: `http://127.0.0.1:${port}`, skipTLSVerify: true }, { name: "u" });
  const [redis, resume] = [workload("StatefulSet", "redis", 1, 1), workload("Deployment", "resume", 4, 3)];
  const nginx = workload("Deployment", "nginx", 1, 1);
  answers = {
    "/apis/apps/v1": {
      resources: [
        { name: "deployments", kind: "Deployment", namespaced: true },
        { name: "statefulsets", kind: "StatefulSet", namespaced: true },
      ],
    },
    [`${apps}/deployments`]: { items: [resume, workload("Deployment", "old", 1, 1, "of nobody")] },
    [`${apps}/statefulsets`]: { items: [redis] },
    [`${apps}/deployments/resume`]: resume,
    [`${apps}/statefulsets/redis`]: redis,
    "/api/v1/namespaces/resume-k8s/pods": {
      items: [{ metadata: { name: "resume-b", labels: { [componentLabel]: "resume" } }, status: {} }],
    },
    "/api/v1/namespaces/resume-k8s/pods/resume-b/log": Buffer.from(JSON.stringify("no disk")),
  };
  const resources = [redis, resume, nginx].map((object) =>
    resource(`kubernetes:apps/v1:${object.kind}`, `resume-k8s/${object.metadata.name}`, object),
  );
  const state = new StackState({ deployment: { resources } });
  try {
    const labels = stackLabels("resume", "k8s");
    const parts = await clusterParts({ target: "kubernetes", namespace: "resume-k8s", access }, { labels, state });
    assert.deepEqual(problemsOf(parts), [
      "Deployment resume-k8s/nginx is gone",
      "resume has 3 of 4 pods ready",
      "old is not in the stack's state",
    ]);
    assert.deepEqual(
      parts.flatMap(({ name, isGone }) => (isGone ? [name] : [])),
      ["Deployment resume-k8s/nginx"],
    );
    assert.equal(askedOf(parts, "resume"), 4);
    assert.equal((await lastLinesOf(parts)).length, 1);
  } finally {
    tcp.close();
    tcp.closeAllConnections();
  }
});

test("the targets in Prometheus' answer", () => {
  const labels = { job: "resume", instance: "172.19.0.3:3000" };
  const answer = { status: "success", data: { activeTargets: [{ labels, health: "down", lastError: "refused" }] } };
  assert.deepEqual(parseTargets(answer), [{ ...labels, health: "down" }]);
  assert.deepEqual(parseTargets({}), []);
});
