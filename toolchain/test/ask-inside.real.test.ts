import assert from "node:assert/strict";
import { after, test } from "node:test";
import { componentLabel, stackLabels } from "../../infra/labels.ts";
import { clientAt } from "../../lib/docker-engine.ts";
import { pullImage } from "../../lib/docker-images.ts";
import { pinnedImages } from "../../lib/images.ts";
import { requestOnDocker } from "../lib/component-exec.ts";

const registry = process.env.RESUME_TEST_REGISTRY;
const image = registry ? `${registry}/${pinnedImages.busybox}` : pinnedImages.busybox;
const docker = clientAt(process.env.DOCKER_HOST ?? "");
const labels = stackLabels("resume", `ask-${process.pid}`);
const made: { remove: (options: { force: boolean; v: boolean }) => Promise<unknown> }[] = [];
after(() => Promise.all(made.map((container) => container.remove({ force: true, v: true }))));

test("a component whose port is published nowhere is asked through the engine", { timeout: 30_000 }, async () => {
  await pullImage(docker, image);
  const script = "mkdir /tmp/site && echo well > /tmp/site/healthy && exec httpd -f -p 127.0.0.1:9090 -h /tmp/site";
  const created = await docker.createContainer({
    Image: image,
    Cmd: ["sh", "-c", script],
    Labels: { ...labels, [componentLabel]: "prometheus" },
    Healthcheck: { Test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9090/healthy"], Interval: 1e8 },
    HostConfig: { NetworkMode: "none" },
  });
  made.push(created);
  await created.start();
  const question = { component: "prometheus", port: 9090 };
  const isHealthy = async () => (await created.inspect()).State.Health?.Status === "healthy";
  while (!(await isHealthy())) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.equal(await requestOnDocker(docker, { labels }, { ...question, path: "/healthy" }), "well\n");
  await assert.rejects(
    requestOnDocker(docker, { labels }, { ...question, path: "/gone" }),
    /prometheus does not answer \/gone: .*404/,
  );
  await assert.rejects(
    requestOnDocker(docker, { labels }, { ...question, component: "grafana", path: "/" }),
    /No container of grafana runs\./,
  );
});
