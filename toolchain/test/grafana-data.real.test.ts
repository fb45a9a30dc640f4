import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type Docker from "dockerode";
import { componentLabel, stackLabels } from "../../infra/labels.ts";
import { clientAt } from "../../lib/docker-engine.ts";
import { pullImage } from "../../lib/docker-images.ts";
import { captureOutputs, execInContainer } from "../../lib/exec.ts";
import { pinnedImages } from "../../lib/images.ts";
import { readGrafana, restoreGrafana } from "../backup/grafana.ts";
import { execInside } from "../lib/component-exec.ts";

// Grafana's image is not everywhere. In its place is a container with its volume, its health check and its command, and
// another process writes to the database as Grafana does.

const registry = process.env.RESUME_TEST_REGISTRY;
const prefix = registry ? `${registry}/` : "";
const [busybox, node] = [`${prefix}${pinnedImages.busybox}`, `${prefix}${pinnedImages.node}`];
const engine = clientAt(process.env.DOCKER_HOST ?? "");
const labels = stackLabels("resume", `grafana-${process.pid}`);
const stack = { target: "docker", engine, labels } as const;
const volume = `grafana-${process.pid}`;
const made: Docker.Container[] = [];

const grafana = `
mkdir -p /tmp/site/api /etc/stack && echo ok > /tmp/site/api/health && echo secret > /etc/stack/admin-password
printf '#!/bin/sh\\necho "$@" > /var/lib/grafana/arguments; cat > /var/lib/grafana/password\\n' > /bin/grafana
chmod +x /bin/grafana && chmod 777 /var/lib/grafana && echo start >> /var/lib/grafana/starts
exec httpd -f -p 3000 -h /tmp/site`;

/** Counts one up every 20 ms, in two tables that are equal only between two transactions. */
const writer = `
const { DatabaseSync } = require("node:sqlite");
const database = new DatabaseSync("/var/lib/grafana/grafana.db", { timeout: 5_000 });
database.exec("CREATE TABLE IF NOT EXISTS one(n); CREATE TABLE IF NOT EXISTS other(n); CREATE TABLE IF NOT EXISTS board(name)");
let n = 0;
setInterval(() => {
  n += 1;
  database.exec("BEGIN IMMEDIATE; INSERT INTO one VALUES(" + n + "); INSERT INTO other VALUES(" + n + "); COMMIT");
}, 20);`;

async function start(component: string, image: string, command: string[]): Promise<Docker.Container> {
  const container = await engine.createContainer({
    Image: image,
    Entrypoint: command,
    User: "0:0",
    Labels: { ...labels, [componentLabel]: component },
    HostConfig: { Binds: [`${volume}:/var/lib/grafana`], NetworkMode: "none" },
  });
  made.push(container);
  await container.start();
  return container;
}

before(async () => {
  await pullImage(engine, busybox);
  await pullImage(engine, node);
});
after(async () => {
  await Promise.all(made.map((container) => container.remove({ force: true })));
  await engine.getVolume(volume).remove();
});

test("Grafana's database is copied and replaced while it is written to, and the password is the stack's", {
  timeout: 300_000,
}, async () => {
  const component = await start("grafana", busybox, ["sh", "-c", grafana]);
  const replica = await start("resume", node, ["node", "-e", writer]);
  const run = async (container: Docker.Container, ...command: string[]): Promise<string> => {
    const result = await captureOutputs((outputs) => execInContainer(engine, container.id, command, outputs));
    assert.equal(result.code, 0, result.stderr);
    return result.stdout.trim();
  };
  const query = async (sql: string): Promise<unknown> => {
    const open = 'new (require("node:sqlite").DatabaseSync)("/var/lib/grafana/grafana.db", { timeout: 5_000 })';
    const script = `console.log(JSON.stringify(${open}.prepare(process.argv[1]).all()))`;
    return JSON.parse(await run(replica, "node", "-e", script, sql));
  };
  await query("INSERT INTO board VALUES('mine') RETURNING name");

  const copy = await readGrafana(stack);
  assert.equal(copy.subarray(0, 15).toString(), "SQLite format 3");
  await query("DELETE FROM board RETURNING name");
  const damaged = Buffer.concat([copy.subarray(0, 100), Buffer.alloc(copy.length - 100)]);
  await assert.rejects(restoreGrafana(stack, damaged, execInside(stack)), /Grafana's data: node ended with 1/);
  assert.deepEqual(await query("SELECT name FROM board"), [], "a damaged copy replaces nothing");

  await restoreGrafana(stack, copy, execInside(stack));
  assert.deepEqual(await query("SELECT name FROM board"), [{ name: "mine" }]);
  assert.deepEqual(await query("PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
  assert.deepEqual(await query("SELECT n FROM one EXCEPT SELECT n FROM other"), []);
  assert.equal(await run(component, "cat", "/var/lib/grafana/starts"), "start\nstart");
  assert.equal(await run(component, "cat", "/var/lib/grafana/password"), "secret");
  assert.equal(
    await run(component, "cat", "/var/lib/grafana/arguments"),
    "cli admin reset-admin-password --password-from-stdin",
  );
});
