import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { clientAt } from "../../lib/docker-engine.ts";
import { ProbeCache } from "../../lib/probe-cache.ts";
import { StackState } from "../lib/stack-state.ts";
import { pruneImages, removeVersions } from "../tools/prune-images.ts";

/** The names of the images on the engine, those that a container uses, and build stages that the builder has left. */
const images = new Set<string>();
const used = new Set<string>();
const stages: { Id: string; Created: number }[] = [];

const folder = mkdtempSync(join(tmpdir(), "prune-"));
const socket = join(folder, "sock");
const server = createServer(({ url = "", method }, response) => {
  const path = decodeURIComponent(url).replace(/^\/v[\d.]+(?=\/)|\?.*$/g, "");
  const name = path.replace("/images/", "");
  if (method === "GET") {
    response.end(JSON.stringify(stages));
  } else if (used.has(name)) {
    response.writeHead(409).end("{}");
  } else {
    response.writeHead(images.delete(name) ? 200 : 404).end("[]");
  }
});
before(() => new Promise<void>((resolve) => server.listen(socket, resolve)));
after(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

const probes = new ProbeCache(join(folder, "facts.json"));

function service(version: number | string) {
  return `resume-stack/service:${version}`;
}

function stateOf(...names: string[]) {
  const resources = names.map((imageName) => ({
    type: "docker:index/image:Image",
    id: imageName,
    outputs: { imageName },
  }));
  return new StackState({ deployment: { resources } });
}

/** An update of a stack from one version to another. */
async function publish(stack: string, from: string, to: string): Promise<void> {
  images.add(to);
  await pruneImages(clientAt(`unix://${socket}`), probes, stack, [stateOf(to, exporter), stateOf(from, exporter)]);
}

const exporter = "resume-stack/nginx-exporter:1";

test("twenty publishes leave the running version and the two before it, and what others use", async () => {
  for (const name of [exporter, service("of another clone"), "127.0.0.1:5000/resume-stack/service:7"]) {
    images.add(name);
  }
  used.add(service(5));
  await publish("other", service(8), service(9));
  for (let version = 1; version <= 20; version++) {
    await publish("dev", service(version - 1), service(version));
  }
  assert.deepEqual(
    [...images].sort(),
    [
      "127.0.0.1:5000/resume-stack/service:7",
      exporter,
      ...[18, 19, 20, 5, 8, 9, "of another clone"].map(service),
    ].sort(),
  );

  // The container is gone, and the publish goes back: 18 is the running version now.
  used.clear();
  await publish("dev", service(20), service(18));
  assert.ok(!images.has(service(5)));
  for (const version of [18, 19, 20]) {
    assert.ok(images.has(service(version)), String(version));
  }
});

test("the build stages of the last builds stay, as the cache of the next", async () => {
  for (let number = 1; number <= 6; number++) {
    stages.push({ Id: `sha256:${number}`, Created: number });
    images.add(`sha256:${number}`);
  }
  await publish("dev", service(18), service(18));
  assert.deepEqual([...images].filter((name) => name.startsWith("sha256:")).sort(), [
    "sha256:4",
    "sha256:5",
    "sha256:6",
  ]);
});

test("down leaves no version and no build stage of its stack, but what other stacks and clones have", async () => {
  used.clear();
  const engine = clientAt(`unix://${socket}`);
  await removeVersions(engine, probes, "dev", stateOf(service(20), exporter));
  const others = ["127.0.0.1:5000/resume-stack/service:7", exporter, ...[8, 9, "of another clone"].map(service)];
  assert.deepEqual([...images].sort(), others.toSorted());
  await removeVersions(engine, probes, "other", stateOf(service(9), exporter));
  assert.deepEqual([...images].sort(), [others[0], service("of another clone")]);
});
