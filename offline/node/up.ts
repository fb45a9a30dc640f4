import { mkdirSync } from "node:fs";
import { isRoot } from "../../lib/debian.ts";
import { isFreePort } from "../../lib/free-port.ts";
import { interruption } from "../../lib/interruption.ts";
import { say, seconds, stopwatch, withProgress } from "../../lib/report.ts";
import { mustRun, run } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";
import { which } from "../../lib/which.ts";
import { addons } from "./addons.ts";
import { componentPid, pidFolder, startComponent, waitFor } from "./background.ts";
import { makeCgroup } from "./cgroups.ts";
import { type ComponentName, componentNames, components } from "./components.ts";
import { refuseStrangers } from "./conflicts.ts";
import { writeFiles } from "./files.ts";
import { imageReference, localImages } from "./local-images.ts";
import { allowForwarding, makeBridge } from "./machine.ts";
import { waitUntilNamesResolve } from "./names.ts";
import { containerdSocket, ports, runFolder } from "./paths.ts";
import { findPrograms, type Programs } from "./programs.ts";
import { findRuntime, type Runtime } from "./runtime.ts";
import { findState } from "./state.ts";

const portOwners: [ComponentName, number][] = [
  ["etcd", ports.etcd],
  ["etcd", ports.etcdPeer],
  ["kubelet", ports.kubeletHealth],
  ["kube-proxy", ports.proxyHealth],
  ["kube-proxy", ports.proxyMetrics],
  ["kube-controller-manager", ports.controllerManager],
  ["kube-scheduler", ports.scheduler],
];

async function refuseTakenPorts(): Promise<void> {
  for (const [name, port] of portOwners) {
    if (componentPid(name) === undefined && !(await isFreePort(port))) {
      throw new UserError(
        `cluster: ${name} needs port ${port} on 127.0.0.1, which is taken. Free it and run this again.`,
      );
    }
  }
}

function refuseMachine(): void {
  if (process.platform === "linux" && isRoot() && which("apt-get")) {
    return;
  }
  throw new UserError(
    "cluster: a node can be made of this machine only on a Debian, as root. Give Docker access to an image registry, or use a cluster that you have.",
  );
}

/** Imports the images of the cluster's own pods into containerd, unless it has them. */
async function importImages({ images }: Programs, { ctr }: Runtime): Promise<void> {
  const client = [`--address=${containerdSocket}`, "--namespace=k8s.io", "images"];
  const there = await mustRun(ctr, [...client, "list", "--quiet"]);
  for (const name of localImages) {
    if (!there.includes(imageReference(name))) {
      await mustRun(ctr, [...client, "import", `${images}/${name}.tar`]);
    }
  }
}

/** Finds or builds what a node is made of. @throws {UserError} that says what the user must do */
export async function prepareNode(): Promise<void> {
  refuseMachine();
  await findPrograms();
  await findRuntime();
}

/**
 * Makes this machine a Kubernetes node with a control plane, or starts those of its parts that do not run.
 * @returns whether anything was started
 * @throws {UserError} that says what the user must do
 */
export async function startNode(): Promise<boolean> {
  refuseMachine();
  refuseStrangers();
  await refuseTakenPorts();
  const programs = await findPrograms();
  interruption.throwIfAborted();
  const runtime = await findRuntime();
  const { networks } = await findState();
  await writeFiles(networks, runtime);
  await allowForwarding();
  await makeBridge(networks);
  await makeCgroup();
  mkdirSync(runFolder, { recursive: true, mode: 0o700 });
  mkdirSync(pidFolder, { recursive: true });

  // Loaded here, because the Kubernetes client takes a second to load and most commands need none.
  const { ClusterApi } = await import("../../lib/cluster/api.ts");
  const api = new ClusterApi();
  const ready: Partial<Record<ComponentName, () => Promise<boolean>>> = {
    "kube-apiserver": () => api.isReady(),
    containerd: async () => (await run(runtime.ctr, [`--address=${containerdSocket}`, "version"])).code === 0,
  };
  const started: string[] = [];
  for (const component of components(programs, runtime, networks)) {
    const { name } = component;
    const elapsed = stopwatch();
    const now = await startComponent(component, name === "containerd" ? runtime.path : []);
    const check = ready[name];
    if (check) {
      await withProgress(name, "waiting until it answers", () => waitFor(name, 60_000, check));
    }
    if (name === "containerd") {
      await importImages(programs, runtime);
    }
    if (now) {
      started.push(check ? `${name} (${seconds(elapsed())})` : name);
    }
  }
  say("node", started.length > 0 ? `started ${started.join(", ")}` : `runs: ${componentNames.join(", ")}`);

  for (const manifest of addons(networks)) {
    await api.apply(manifest);
  }
  await api.waitUntilReady(true, started.length > 0);
  await withProgress("cluster", "waiting for its name server", () => waitUntilNamesResolve(networks, 60_000));
  return started.length > 0;
}
