import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { stackLabels } from "../../infra/labels.ts";
import { StackOnEngine } from "../../infra/test/support/engine.ts";
import { waitUntilHealthy } from "../lib/health.ts";
import { StackState } from "../lib/stack-state.ts";
import { builtIn, goneImages } from "../tools/prune-images.ts";
import { ProjectCopy } from "./interruptions/project.ts";

describe("npm run up -- --stack NAME, on Docker", { timeout: 10 * 60_000 }, () => {
  const folders = [1, 2].map(() => mkdtempSync(join(tmpdir(), "resume-up-")));
  const [folder = "", otherFolder = ""] = folders;
  const stack = `up-${process.pid}`;
  const config = {
    "resume:replicas": "2",
    "resume:port": "0",
    "resume:grafanaPort": "0",
    "resume:prometheusPort": "0",
  };
  const project = new ProjectCopy(folder, stack);
  const labels = stackLabels("resume", stack);
  const live = new StackOnEngine(labels);
  let first = "";

  before(async () => {
    project.configure(config);
    first = await project.npm("up", "--stack", stack, "--skip-preview");
  });
  after(async () => {
    await project.npm("pulumi", "destroy", "--yes", "--stack", stack);
    for (const path of folders) {
      rmSync(path, { recursive: true });
    }
  });

  test("it brings up the stack that is named, and says what is healthy", () => {
    assert.match(first, /healthy: +(grafana, )?nginx, nginx-exporter, prometheus, redis, redis-exporter, resume × 2\n/);
    assert.match(first, /^site +http/m);
  });

  test("a replica that was killed and an exporter that was removed are made again", async () => {
    const [replica] = await live.containers("resume");
    await live.engine.getContainer(replica?.id ?? "").kill();
    await live.engine.getContainer(await live.idOf("redis-exporter")).remove({ force: true });
    const kept = [await live.idOf("nginx"), await live.idOf("redis")];

    const output = await project.npm("up", `--stack=${stack}`, "--skip-preview");
    assert.match(output, /-resume-\d-\w+ is exited/);
    assert.match(output, /-redis-exporter-0-\w+ is gone.*: made again$/m);
    assert.deepEqual([await live.healthy("resume"), await live.healthy("redis-exporter")], [2, 1]);
    assert.deepEqual([await live.idOf("nginx"), await live.idOf("redis")], kept);
  });

  test("replicas whose image is gone as well, as docker system prune leaves it, are built and made again", async () => {
    for (const { id } of await live.containers("resume")) {
      await live.engine.getContainer(id).remove({ force: true });
    }
    const image = builtIn(new StackState(project.state())).find((name) => name.includes("/service:")) ?? "";
    await live.engine.getImage(image).remove();

    const output = await project.npm("up", `--stack=${stack}`, "--skip-preview");
    assert.ok(output.includes(`${image} is gone: made again`), output);
    assert.equal(await live.healthy("resume"), 2);
    assert.deepEqual(await goneImages(live.engine, new StackState(project.state())), []);
  });

  test("a container that does not become healthy is named, with the last lines of its log", async () => {
    const state = new StackState(project.state());
    const own = { target: "docker", engine: live.engine, labels, network: state.network, state } as const;
    const exporter = live.engine.getContainer(await live.idOf("nginx-exporter"));
    await exporter.pause();
    try {
      await assert.rejects(
        waitUntilHealthy(own, undefined, 1_000),
        /^UserError: up: not healthy after 1\.0 s: \S+-nginx-exporter-\S+ is paused\.\nThe last lines of \S+-nginx-exporter-\S+:\n {2}\S/,
      );
    } finally {
      await exporter.unpause();
    }
    await waitUntilHealthy(own, undefined, 30_000);
  });

  test("another clone's stack of the same name is refused by each command, and by a plain pulumi up", async () => {
    const things = async () => (await live.things()).map(({ id }) => id).sort();
    const others = await things();
    const clone = new ProjectCopy(otherFolder, stack);
    clone.configure(config);
    const sentence = new RegExp(
      `The stack ${stack} on this engine is another clone's: its network is resume-${stack}-\\w+, `,
    );
    await assert.rejects(clone.npm("messages", "--stack", stack), sentence);
    await assert.rejects(clone.npm("up", "--stack", stack, "--skip-preview"), sentence);
    await assert.rejects(clone.npm("pulumi", "up", "--yes", "--skip-preview", "--stack", stack), sentence);
    assert.deepEqual(await things(), others);
  });
});
