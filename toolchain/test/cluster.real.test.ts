import assert from "node:assert/strict";
import { cpSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { projectRoot } from "../../lib/paths.ts";
import { mustRun } from "../../lib/run.ts";
import { runAlone, sharedCache, skipWithoutNode } from "../../lib/testing/alone.ts";
import { firstRegistryPort, prepareNode } from "../offline.ts";

test("cluster:up points the k8s stack at the cluster; cluster:down removes both, but no stack on another cluster", {
  skip: skipWithoutNode,
  timeout: 1_200_000,
}, async () => {
  await prepareNode();
  const cache = sharedCache("docker-registry", "kubernetes-plugin");
  const project = join(cache, "project");
  const left = ["node_modules", ".toolchain", ".pulumi", ".git"];
  cpSync(projectRoot, project, { recursive: true, filter: (path) => !left.includes(basename(path)) });
  for (const folder of [".", "service"]) {
    symlinkSync(join(projectRoot, folder, "node_modules"), join(project, folder, "node_modules"));
  }
  const git = (...args: string[]) =>
    mustRun("git", ["-c", "user.name=test", "-c", "user.email=test@example.org", ...args], { cwd: project });
  await git("init", "--quiet");
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "all");
  const seen = JSON.parse(await runAlone(cache, join(import.meta.dirname, "support/cluster-commands.ts"), project));
  assert.equal(await git("status", "--porcelain"), "", "settings of this machine are no change of the project");

  const kubeconfig = join(cache, "cluster/kubeconfig");
  const fitted = {
    ...seen.before,
    "resume:pushRegistry": `127.0.0.1:${firstRegistryPort}`,
    "resume:dnsTtl": "5s",
    "kubernetes:kubeconfig": kubeconfig,
    "kubernetes:context": "resume",
  };
  assert.deepEqual(seen.fitted, fitted);
  assert.match(seen.up.stderr, /cluster: +Kubernetes is up, /);
  assert.ok(seen.up.stdout.startsWith(`kubeconfig ${kubeconfig}\ncontext    resume\n`), seen.up.stdout);
  assert.match(seen.again.stderr, /cluster: +Kubernetes was up already, /);
  assert.deepEqual(seen.fittedAgain, fitted);
  assert.equal(seen.registry, true);
  assert.equal(seen.imported, 1);

  const users = { "kubernetes:kubeconfig": "/home/me/.kube/config" };
  assert.deepEqual(seen.elsewhere, { ...fitted, ...users });
  assert.deepEqual(seen.configElsewhere, { ...seen.before, ...users }, "the values for our cluster are removed");
  assert.match(seen.down.stderr, /stack: +k8s stays: Pulumi\.k8s\.yaml leads to a cluster of your own/);
  assert.deepEqual(seen.kept, { config: { ...fitted, ...users }, resources: 1 });

  assert.match(seen.downAgain.stderr, /cluster: +there is none[\s\S]*stack: +k8s is empty/);
  assert.deepEqual(seen.left, {
    config: seen.before,
    resources: 0,
    presence: "none",
    registry: false,
    kubeconfig: false,
  });
});
