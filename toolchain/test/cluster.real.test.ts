import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { componentNames } from "../../offline/node/components.ts";
import { bridge } from "../../offline/node/paths.ts";
import { findPrograms } from "../../offline/node/programs.ts";
import { findRuntime } from "../../offline/node/runtime.ts";
import { isRoot } from "../../lib/debian.ts";
import { findGo } from "../../offline/go.ts";
import { inCache, projectRoot } from "../../lib/paths.ts";
import { mustRun } from "../../lib/run.ts";
import { which } from "../../lib/which.ts";
import { firstPort } from "../../offline/registry.ts";

const able =
  process.platform === "linux" && isRoot() && findGo() && ["apt-get", "ip", "unshare"].every((name) => which(name));

/** Runs a program of support/ where its cluster meets no other. @returns what it prints */
const runAlone = (toolchain: string, program: string, ...args: string[]): Promise<string> => {
  const namespaces = ["--net", "--pid", "--mount", "--fork", "--mount-proc"];
  const script = [
    // The fixed places of a kubelet, which the machine's own may be using, are out of sight in there.
    'for place in /var/lib /var/log; do mount -t tmpfs none "$place"; done',
    "ip link set lo up",
    // What Docker does, where it is there.
    "iptables -P FORWARD DROP",
    'exec "$@"',
  ].join("; ");
  const command = [process.execPath, join(import.meta.dirname, "support", program), ...args];
  const env = { RESUME_TOOLCHAIN_DIR: toolchain };
  return mustRun("unshare", [...namespaces, "sh", "-ec", script, "sh", ...command], { env, timeoutMs: 400_000 });
};

/** A cache that shares with this machine's what takes long to make. */
const makeCache = async (...kept: string[]): Promise<string> => {
  await findPrograms();
  await findRuntime();
  const made = mkdtempSync(join(tmpdir(), "cluster-"));
  after(() => rmSync(made, { recursive: true, force: true }));
  for (const name of ["cluster-programs", "cluster-packages", ...kept].filter((entry) => existsSync(inCache(entry)))) {
    symlinkSync(inCache(name), join(made, name));
  }
  return made;
};

const skip = able ? false : "needs a Debian, root, Go, ip and unshare";

test("our own cluster comes up, runs pods, volumes and the autoscaler, and leaves nothing when it is taken away", {
  skip,
  // A first build of the programs takes 8 min of it.
  timeout: 1_200_000,
}, async () => {
  const cache = await makeCache();
  const seen = JSON.parse(await runAlone(cache, "cluster.ts"));

  const [port, stranger, nothingMade] = seen.refusals;
  assert.equal(
    port,
    "cluster: kube-scheduler needs port 22259 on 127.0.0.1, which is taken. Free it and run this again.",
  );
  assert.ok(stranger.startsWith(`cluster: a kubelet that is not ours runs on this machine (process ${seen.stranger})`));
  assert.equal(nothingMade, true);

  const [first, second, again] = seen.ups;
  assert.equal(first.started, true);
  assert.equal(second.started, false);
  assert.ok(second.seconds < 10, `the second up took ${second.seconds} s`);
  assert.equal(again.started, true);
  assert.deepEqual(seen.running, componentNames);
  const [pidsBefore, pidsAfter] = seen.pids;
  for (const [index, pid] of pidsAfter.entries()) {
    assert.ok(Number.isInteger(pid) && Number.isInteger(pidsBefore[index]));
    assert.notEqual(pid, pidsBefore[index]);
  }

  assert.equal(seen.page, "OK");
  assert.match(seen.service, /^10\./);
  assert.deepEqual(seen.resolved, [[seen.service], [seen.service]]);
  assert.equal(seen.claimed, 201);
  assert.equal(seen.volume, "Bound");
  assert.equal(seen.refused, 403);
  assert.equal(typeof seen.measured, "number");
  assert.equal(seen.nodes, 1);

  assert.ok(seen.during.links.includes(bridge));
  assert.ok(seen.during.rules.some((rule: string) => rule.includes("KUBE-SERVICES")));
  assert.ok(seen.during.mounts.length > 0);
  // Pods live on while what manages them is started anew.
  assert.ok(seen.pods[0].length >= 4);
  assert.deepEqual(seen.pods[1], seen.pods[0]);
  // Stopped it leaves nothing but its own folder, and goes on from there.
  assert.deepEqual(seen.presences, ["none", "running", "running", "stopped", "running"]);
  const { processes, ups: restarted, volume, ...stopped } = seen.stopped;
  assert.deepEqual({ ...stopped, places: [] }, seen.before);
  assert.deepEqual(stopped.places, [join(cache, "cluster")]);
  assert.deepEqual(processes, []);
  assert.equal(restarted.started, true);
  assert.equal(volume, "Bound");
  assert.equal(seen.removed.started, true);
  assert.equal(seen.removedAgain, false);
  assert.deepEqual(seen.after, seen.before);
  assert.deepEqual(seen.processes, { before: [], after: [], pods: 0 });
});

test("cluster:up points the k8s stack at the cluster, and cluster:down takes both away, but no stack that lives elsewhere", {
  skip,
  timeout: 1_200_000,
}, async () => {
  const cache = await makeCache("cli", "docker-registry", "kubernetes-plugin");
  const project = join(cache, "project");
  const left = ["node_modules", ".toolchain", ".pulumi", ".git"];
  cpSync(projectRoot, project, { recursive: true, filter: (path) => !left.includes(basename(path)) });
  for (const folder of [".", "service"]) {
    symlinkSync(join(projectRoot, folder, "node_modules"), join(project, folder, "node_modules"));
  }
  // A mirror of the user's, which is named and not asked: whatever this machine has, it is not the cluster's registry.
  const dev = { "resume:imageRegistry": "registry.example:5000" };
  writeFileSync(join(project, "Pulumi.dev.yaml"), JSON.stringify({ config: dev }));
  const git = (...args: string[]) =>
    mustRun("git", ["-c", "user.name=test", "-c", "user.email=test@example.org", ...args], { cwd: project });
  await git("init", "--quiet");
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "all");
  const seen = JSON.parse(await runAlone(cache, "cluster-commands.ts", project));
  assert.equal(await git("status", "--porcelain"), "", "settings of this machine are no change of the project");

  const kubeconfig = join(cache, "cluster/kubeconfig");
  const fitted = {
    ...seen.before,
    ...dev,
    "resume:pushRegistry": `127.0.0.1:${firstPort}`,
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
  assert.deepEqual(
    seen.configElsewhere,
    { ...seen.before, ...dev, ...users },
    "what our cluster asks for is taken back",
  );
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
