import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { componentLabel, stackLabels } from "../../infra/targets/docker/labels.ts";
import { clientAt } from "../../lib/docker-engine.ts";
import { pullImage } from "../../lib/docker-images.ts";
import { pinnedImages } from "../../lib/images.ts";
import { mustRun } from "../../lib/run.ts";
import { containerNames, dockerSource } from "../logs/docker-source.ts";

const registry = process.env.RESUME_TEST_REGISTRY;
const image = registry ? `${registry}/${pinnedImages.busybox}` : pinnedImages.busybox;
const docker = clientAt(process.env.DOCKER_HOST ?? "");
const labels = stackLabels("resume", `logs-${process.pid}`);
const made: { remove: (options: { force: boolean; v: boolean }) => Promise<unknown> }[] = [];
after(() => Promise.all(made.map((container) => container.remove({ force: true, v: true }))));

async function container(component: string, script: string, ofStack = labels) {
  const created = await docker.createContainer({
    Image: image,
    Cmd: ["sh", "-c", script],
    Labels: { ...ofStack, [componentLabel]: component },
    HostConfig: { NetworkMode: "none" },
  });
  made.push(created);
  return created;
}

test("reads what was written, both outputs; then follows, those that start later included; ends when aborted", {
  timeout: 20_000,
}, async () => {
  await pullImage(docker, image);
  const first = await container(
    "redis",
    "trap 'echo late; exit' USR1; echo one; sleep 0.2; echo two >&2; while :; do sleep 0.1; done",
  );
  await first.start();
  const later = await container("nginx", "echo new");
  await new Promise((resolve) => setTimeout(resolve, 1000));

  const end = new AbortController();
  const lines: string[] = [];
  for await (const { component, text } of dockerSource(docker, { labels })({
    since: 0,
    follow: true,
    component: undefined,
    signal: AbortSignal.any([end.signal, AbortSignal.timeout(15_000)]),
  })) {
    lines.push(`${component} ${text}`);
    if (text === "two") {
      await later.start();
    }
    if (text === "new") {
      await first.kill({ signal: "SIGUSR1" });
    }
    if (text === "late") {
      end.abort();
    }
  }
  assert.deepEqual(lines, ["redis one", "redis two", "nginx new", "redis late"]);

  const past: string[] = [];
  const range = { since: 0, follow: false, component: "nginx", signal: AbortSignal.timeout(10_000) };
  for await (const { text, time } of dockerSource(docker, { labels })(range)) {
    past.push(`${time.slice(0, 2)} ${text}`);
  }
  assert.deepEqual(past, ["20 new"]);

  // That container has ended: its log is still there.
  const { Name } = await later.inspect();
  assert.deepEqual(await containerNames(docker, { labels }, "nginx"), [Name.slice(1)]);
});

test("160,000 lines are read in little memory, each whole and in order", { timeout: 60_000 }, async (context) => {
  const many = stackLabels("resume", `many-logs-${process.pid}`);
  const script = `i=0; while [ $i -lt 80000 ]; do i=$((i+1)); echo "$i ${"x".repeat(240)}"; done`;
  const busy = await Promise.all([container("resume", script, many), container("nginx", script, many)]);
  await Promise.all(busy.map((one) => one.start()));
  await Promise.all(busy.map((one) => one.wait()));
  const reader = join(import.meta.dirname, "support/read-logs.ts");
  const seen = JSON.parse(await mustRun(process.execPath, [reader, JSON.stringify(many)]));
  context.diagnostic(JSON.stringify(seen));
  assert.equal(seen.count, 160_000);
  assert.equal(seen.inOrder, true);
  assert.ok(seen.megabytes < 150, `${seen.megabytes} MB`);
});
