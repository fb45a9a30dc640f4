import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { at } from "../../lib/at.ts";
import { selfSigned } from "../../lib/certificate.ts";
import { renderKubeconfig } from "../../lib/cluster/kubeconfig.ts";
import { clusterImages } from "../../lib/images.ts";
import { run } from "../../lib/run.ts";
import { forKind, kindConfig } from "../cluster/kind.ts";

const folder = mkdtempSync(join(tmpdir(), "in-docker-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const image = clusterImages.node;
const asked: string[] = [];
let reachable = false;

/** The requests that changed the engine, with their bodies. */
const done: { what: string; body: unknown }[] = [];
/** The containers that the engine has, and whether each runs. */
const containers = new Map<string, boolean>();
/** This file exists once kind has created its node. */
const nodeFile = join(folder, "node");

function listed(query: string) {
  if (existsSync(nodeFile) && !containers.has("node")) {
    containers.set("node", true);
  }
  return [...containers]
    .filter(([name]) =>
      decodeURIComponent(query).includes(name === "node" ? "io.x-k8s.kind.cluster=resume" : "resume.registry"),
    )
    .map(([name, runs]) => ({
      Id: name,
      Created: name === "node" ? 2 : 1,
      State: runs ? "running" : "exited",
      NetworkSettings: { Networks: { kind: {} } },
    }));
}

/** The engine's response to a request that changes it; undefined for an unknown one. */
function change(method: string, path: string): unknown {
  const [, name = "", verb = ""] = /^\/containers\/([^/?]+)(?:\/(\w+))?/.exec(path) ?? [];
  if (name === "create") {
    containers.set("resume-registry", false);
  } else if (verb === "start" || verb === "stop") {
    containers.set(name, verb === "start");
  } else if (method === "DELETE") {
    containers.delete(name);
  }
  return /^\/(containers|images\/create|exec|networks)/.test(path)
    ? { Id: name === "create" ? "resume-registry" : "made" }
    : undefined;
}

/** An engine without images. Its registry is out of reach unless `reachable`. */
const engine = createServer((request, response) => {
  const path = (request.url ?? "").replace(/^\/v[\d.]+/, "");
  const method = request.method ?? "";
  const answer = (): unknown => {
    if (path === "/version") {
      return { Version: "28.0.0" };
    }
    if (path.startsWith("/images/json")) {
      return [];
    }
    if (path.startsWith("/containers/json")) {
      return listed(path);
    }
    if (path.startsWith("/exec/made/json")) {
      return { ExitCode: 0 };
    }
    if (method !== "GET") {
      return change(method, path);
    }
    return reachable && path.startsWith("/distribution/") ? { Descriptor: {} } : undefined;
  };
  void text(request).then((body) => {
    if (method === "GET") {
      asked.push(path);
    } else {
      done.push({ what: `${method} ${path.replace(/\?.*/, "")}`, body: body === "" ? undefined : JSON.parse(body) });
    }
    const known = answer();
    response.writeHead(known === undefined ? 500 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(known ?? { message: "no such host" }));
  });
});
let host = "";
before(async () => {
  await new Promise<void>((resolve) => engine.listen(0, "127.0.0.1", resolve));
  const address = engine.address();
  host = `tcp://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
after(() => engine.close());

/** Two of metrics-server's manifests: only the Deployment is changed. */
const release = `apiVersion: v1
kind: ServiceAccount
metadata: {name: metrics-server, namespace: kube-system}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: metrics-server, namespace: kube-system}
spec:
  template:
    spec:
      containers:
      - args:
        - --cert-dir=/tmp
        - --metric-resolution=15s
        name: metrics-server
`;

/** Starts a cluster with a shell script as `kind`. @returns the result, stderr, and the calls of kind */
async function bringUp(name: string, script: string, ...args: string[]) {
  const calls = join(folder, `${name}.calls`);
  writeFileSync(join(folder, "kind"), `#!/bin/sh\necho "$DOCKER_HOST $*" >> "${calls}"\n${script}\n`, { mode: 0o755 });
  const env = {
    RESUME_TOOLCHAIN_DIR: join(folder, name),
    PATH: [folder, process.env.PATH ?? ""].join(delimiter),
    DOCKER_HOST: host,
  };
  const program = join(import.meta.dirname, "support/kind.ts");
  const online = join(folder, "online.mjs");
  writeFileSync(online, `globalThis.fetch = async () => new Response(${JSON.stringify(release)});`);
  const { code, stdout, stderr } = await run(process.execPath, ["--import", online, program, ...args], { env });
  assert.equal(code, 0, stderr);
  return {
    ...JSON.parse(stdout),
    stderr,
    calls: existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [],
  };
}

test("kind is not used when its image is out of reach, which is printed once and remembered for a day", async () => {
  asked.length = 0;
  const first = await bringUp("far", "exit 9");
  assert.deepEqual([first.started, first.removed, first.calls], [null, false, []]);
  assert.ok(first.stderr.includes(`kind is not used: its node's image ${image} is out of reach`), first.stderr);
  assert.ok(asked.includes(`/distribution/${image}/json`), asked.join());
  const count = asked.length;
  const second = await bringUp("far", "exit 9");
  assert.equal(second.started, null);
  assert.ok(!second.stderr.includes("kind"), second.stderr);
  assert.equal(asked.length, count);
});

test("kind creates the cluster with our own kubeconfig; its error is printed, and a failed cluster can be removed", async () => {
  reachable = true;
  const seen = await bringUp("near", '[ "$1" = create ] && { cat >&2; exit 3; }\nexit 0');
  assert.match(seen.started, /kind create cluster [\s\S]*exit code 3[\s\S]*extraPortMappings/);
  assert.equal(seen.removed, true);
  const kubeconfig = join(folder, "near/cluster/kubeconfig");
  assert.deepEqual(seen.calls, [
    `${host} get clusters`,
    `${host} create cluster --name resume --image ${image} --kubeconfig ${kubeconfig} --config - --wait 120s`,
    `${host} delete cluster --name resume --kubeconfig ${kubeconfig}`,
  ]);
  assert.ok(!existsSync(join(folder, "near/cluster")));
});

/** The API server in kind's node. It answers some time after the node has started; everything is then ready. */
async function startApi() {
  const pair = await selfSigned(["127.0.0.1"]);
  let late = 0;
  const server = createSecureServer({ cert: pair.certificate, key: pair.key }, (request, response) => {
    if (containers.get("node") === false) {
      late = 2;
    }
    if (containers.get("node") === false || (containers.get("node") && late-- > 0)) {
      return request.socket.destroy();
    }
    const conditions = ["Available", "Ready"].map((type) => ({ type, status: "True" }));
    const kinds = { Deployment: "deployments", ServiceAccount: "serviceaccounts", APIService: "apiservices" };
    const resources = Object.entries(kinds).map(([kind, name]) => ({ kind, name, namespaced: kind !== "APIService" }));
    response.writeHead(200, { "content-type": "application/json" });
    return response.end(JSON.stringify({ resources, status: { conditions } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : "";
  return renderKubeconfig({ server: `https://127.0.0.1:${port}`, authority: pair.certificate, client: pair });
}

test("kind's node pulls from a registry beside it; a stopped cluster is started, and its state is restored", async () => {
  reachable = true;
  done.length = 0;
  const kubeconfig = join(folder, "made-kubeconfig");
  writeFileSync(kubeconfig, await startApi());
  const create = `[ "$1" = create ] && { touch "${nodeFile}"; cat "${kubeconfig}" > "$8"; }`;
  const seen = await bringUp(
    "used",
    `${create}\n[ "$1 $2" = "get clusters" ] && [ -e "${nodeFile}" ] && echo resume\nexit 0`,
    "use",
  );
  assert.equal(seen.started, true);
  assert.deepEqual(seen.presences, ["none", "running", "running", "stopped", "running", "none"]);
  assert.deepEqual(seen.again, [true, false]);
  assert.equal(seen.removed, false);
  assert.match(seen.registry, /^127\.0\.0\.1:51\d\d$/);
  const port = seen.registry.split(":")[1];
  assert.deepEqual(
    done.map(({ what }) => what),
    [
      "POST /images/create",
      "POST /containers/create",
      "POST /containers/resume-registry/start",
      "POST /containers/node/exec",
      "POST /exec/made/start",
      "POST /networks/kind/connect",
      "POST /containers/node/stop",
      "POST /containers/resume-registry/stop",
      "POST /containers/resume-registry/start",
      "POST /containers/node/start",
      "DELETE /containers/resume-registry",
    ],
  );
  const body = (what: string) => done.find((entry) => entry.what.startsWith(what))?.body;
  assert.deepEqual(at(body("POST /containers/create"), "HostConfig", "PortBindings"), {
    "5000/tcp": [{ HostIp: "127.0.0.1", HostPort: port }],
  });
  assert.deepEqual(at(body("POST /containers/node/exec"), "Cmd"), [
    "sh",
    "-ec",
    'mkdir -p "$0"; printf %s "$1" > "$0/hosts.toml"',
    `/etc/containerd/certs.d/${seen.registry}`,
    '[host."http://resume-registry:5000"]\n',
  ]);
  assert.deepEqual(body("POST /networks/kind/connect"), { Container: "resume-registry" });
});

test("a cluster with our name that the toolchain has not made is refused, and stays", async () => {
  reachable = true;
  const seen = await bringUp("other", "echo resume");
  assert.match(seen.started, /kind has a cluster named resume that is not ours/);
  assert.equal(seen.removed, false);
  assert.deepEqual(seen.calls, [`${host} get clusters`]);
});

test("the range of node ports is published, on 127.0.0.1 only", () => {
  const settings = JSON.parse(kindConfig());
  const ports: { containerPort: number; hostPort: number; listenAddress: string }[] =
    settings.nodes[0].extraPortMappings;
  const range = JSON.parse(settings.kubeadmConfigPatches[0]).apiServer.extraArgs["service-node-port-range"];
  assert.equal(range, `${ports[0]?.hostPort}-${ports.at(-1)?.hostPort}`);
  assert.match(settings.containerdConfigPatches[0], /^config_path = "\/etc\/containerd\/certs\.d"$/m);
  assert.ok(ports.every((port) => port.hostPort === port.containerPort && port.listenAddress === "127.0.0.1"));
});

test("metrics-server accepts the self-signed certificates of kind's kubelets; its other manifests are unchanged", () => {
  const [account, deployment] = forKind(release);
  assert.equal(account?.kind, "ServiceAccount");
  assert.deepEqual(at(deployment, "spec", "template", "spec", "containers"), [
    { args: ["--cert-dir=/tmp", "--metric-resolution=15s", "--kubelet-insecure-tls"], name: "metrics-server" },
  ]);
  assert.throws(() => forKind("apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n"), /no Deployment/);
});

test("a cluster that an earlier version made with k3d is refused, with the command that removes it", async () => {
  mkdirSync(join(folder, "k3d/cluster"), { recursive: true });
  writeFileSync(join(folder, "k3d/cluster/in-docker.json"), '{"tool":"k3d","host":"x","registry":"y"}');
  const seen = await bringUp("k3d", "exit 9");
  assert.match(seen.started, /made with k3d[^.]*\. Run `k3d cluster delete resume`/);
});
