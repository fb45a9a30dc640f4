import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { k3dImage, kindSettings } from "../cluster/docker-tools.ts";
import { kubernetesVersion } from "../cluster/programs.ts";
import { run } from "../lib/run.ts";

const folder = mkdtempSync(join(tmpdir(), "in-docker-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const image = `kindest/node:${kubernetesVersion}`;
const asked: string[] = [];
let reachable = false;

/** An engine that has no image, and whose registry is in reach or not. */
const engine = createServer((request, response) => {
  const path = (request.url ?? "").replace(/^\/v[\d.]+/, "");
  asked.push(path);
  const answers: Record<string, unknown> = { "/version": { Version: "28.0.0" } };
  const answer = path.startsWith("/images/json") ? [] : answers[path];
  const known = answer ?? (reachable && path.startsWith("/distribution/") ? { Descriptor: {} } : undefined);
  response.writeHead(known === undefined ? 500 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(known ?? { message: "no such host" }));
});
let host = "";
before(async () => {
  await new Promise<void>((resolve) => engine.listen(0, "127.0.0.1", resolve));
  const address = engine.address();
  host = `tcp://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
after(() => engine.close());

/** Brings a cluster up where `kind` is this script; gives what came of it, what was said, and how kind was called. */
const bringUp = async (name: string, script: string) => {
  const calls = join(folder, `${name}.calls`);
  writeFileSync(join(folder, "kind"), `#!/bin/sh\necho "$DOCKER_HOST $*" >> "${calls}"\n${script}\n`, { mode: 0o755 });
  const env = {
    RESUME_TOOLCHAIN_DIR: join(folder, name),
    PATH: [folder, process.env.PATH ?? ""].join(delimiter),
    DOCKER_HOST: host,
  };
  const { code, stdout, stderr } = await run(process.execPath, [join(import.meta.dirname, "support/in-docker.ts")], {
    env,
  });
  assert.equal(code, 0, stderr);
  return {
    ...JSON.parse(stdout),
    said: stderr,
    calls: existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [],
  };
};

test("kind is passed over in one line where its image is out of reach, and not asked again for a day", async () => {
  asked.length = 0;
  const first = await bringUp("far", "exit 9");
  assert.deepEqual([first.started, first.removed, first.calls], [null, false, []]);
  assert.ok(first.said.includes(`kind is there, but its node's image ${image} is out of reach`), first.said);
  assert.ok(asked.includes(`/distribution/${image}/json`), asked.join());
  const count = asked.length;
  const second = await bringUp("far", "exit 9");
  assert.equal(second.started, null);
  assert.match(second.said, /out of reach/);
  assert.equal(asked.length, count);
});

test("kind makes the cluster with a kubeconfig of ours; what it says when it fails is told, and it cleans up", async () => {
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

test("a cluster of our name that somebody else has made is refused, and stays", async () => {
  reachable = true;
  const seen = await bringUp("other", "echo resume");
  assert.match(seen.started, /kind has a cluster named resume that is not ours/);
  assert.equal(seen.removed, false);
  assert.deepEqual(seen.calls, [`${host} get clusters`]);
});

test("a cluster in a container chooses node ports only where they are published, on this machine alone", () => {
  const settings = JSON.parse(kindSettings());
  const ports: { containerPort: number; hostPort: number; listenAddress: string }[] =
    settings.nodes[0].extraPortMappings;
  const range = JSON.parse(settings.kubeadmConfigPatches[0]).apiServer.extraArgs["service-node-port-range"];
  assert.equal(range, `${ports[0]?.hostPort}-${ports.at(-1)?.hostPort}`);
  assert.ok(ports.every((port) => port.hostPort === port.containerPort && port.listenAddress === "127.0.0.1"));
});

test("k3d's own image is read off what it says of its version", () => {
  assert.equal(k3dImage("k3d version v5.8.3\nk3s version v1.31.5-k3s1 (default)\n"), "rancher/k3s:v1.31.5-k3s1");
  assert.equal(k3dImage("k3s version v1.33.1+k3s1 (default)"), "rancher/k3s:v1.33.1-k3s1");
  assert.equal(k3dImage("k3d version v5"), undefined);
});
