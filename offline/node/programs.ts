import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../../lib/make.ts";
import { inCache } from "../../lib/paths.ts";
import { say, seconds, stopwatch, withProgress } from "../../lib/report.ts";
import { lastLines } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";
import { findGo, goBuild } from "../go.ts";
import { writeImages } from "./local-images.ts";

const sources = join(import.meta.dirname, "programs");

/** The programs of a node, and the images that the cluster's own pods run. */
export type Programs = {
  /** The folder with kube-apiserver, kubelet, etcd and the others. */
  bin: string;
  /** The folder with the images, as archives. */
  images: string;
};

/** The version that go.mod pins a module to, with its `v`. */
function pinned(file: string, module: string): string {
  const line = readFileSync(join(sources, file), "utf8")
    .split("\n")
    .find((text) =>
      text
        .trim()
        .replace(/^require /, "")
        .startsWith(`${module} v`),
    );
  const version = /\sv\S+/.exec(line ?? "")?.[0].trim();
  if (version === undefined) {
    throw new UserError(`${file} pins ${module} to no version.`);
  }
  return version;
}

export const kubernetesVersion = pinned("kubernetes/go.mod", "k8s.io/kubernetes");
export const coreDnsVersion = pinned("kubernetes/go.mod", "github.com/coredns/coredns");
const metricsServerVersion = pinned("metrics-server/go.mod", "sigs.k8s.io/metrics-server");

const [major = "", minor = ""] = kubernetesVersion.slice(1).split(".");

/** The modules that programs are built from. */
const modules = [
  {
    folder: "kubernetes",
    packages: [
      ...["apiserver", "controller-manager", "scheduler", "proxy"].map((name) => `k8s.io/kubernetes/cmd/kube-${name}`),
      "k8s.io/kubernetes/cmd/kubelet",
      "k8s.io/kubernetes/cmd/kubectl",
      "go.etcd.io/etcd/server/v3",
      "./coredns",
      "./local-volumes",
      "./pause",
    ],
    flags: { gitVersion: kubernetesVersion, gitMajor: major, gitMinor: minor },
    flagsOf: "k8s.io/component-base/version",
  },
  {
    folder: "metrics-server",
    packages: ["sigs.k8s.io/metrics-server/cmd/metrics-server"],
    flags: { gitVersion: metricsServerVersion },
    flagsOf: "k8s.io/client-go/pkg/version",
  },
];

/** A hash of all sources. It changes whenever a program would be built differently. */
async function sourceHash(): Promise<string> {
  const entries = await readdir(sources, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash("sha256");
  for (const file of files.sort()) {
    hash.update(file.slice(sources.length)).update(readFileSync(file));
  }
  return hash.digest("hex").slice(0, 8);
}

async function build(folder: string): Promise<void> {
  const compiler = findGo();
  const needed = /^go (\S+)$/m.exec(readFileSync(join(sources, "metrics-server/go.mod"), "utf8"))?.[1] ?? "";
  const advice = `Give Docker access to an image registry, so that kind can be used, or Go ${needed} or newer, and run this again.`;
  if (!compiler) {
    throw new UserError(`cluster: there is no Go to build Kubernetes with. ${advice}`);
  }
  const bin = join(folder, "bin");
  await mkdir(bin);
  await cp(sources, join(folder, "sources"), { recursive: true });
  for (const { folder: module, packages, flags, flagsOf } of modules) {
    const values = Object.entries(flags).map(([name, value]) => `-X ${flagsOf}.${name}=${value}`);
    const result = await goBuild(compiler, {
      module: join(folder, "sources", module),
      packages,
      output: `${bin}/`,
      flags: ["-s", "-w", ...values].join(" "),
      env: { CGO_ENABLED: "0" },
    });
    if (result.code !== 0) {
      throw new UserError(`cluster: the build of ${module} failed:\n${lastLines(result)}\n${advice}`);
    }
  }
  // Go names a program after the last part of its path that is no version.
  await rename(join(bin, "server"), join(bin, "etcd"));
  await rm(join(folder, "sources"), { recursive: true });
}

/** Finds the programs in the cache, or builds them from their Go modules. @throws {UserError} that says what to do */
export async function findPrograms(): Promise<Programs> {
  const folder = inCache("cluster-programs", `${kubernetesVersion}-${await sourceHash()}`);
  if (!existsSync(folder)) {
    const elapsed = stopwatch();
    await withProgress("programs", `building Kubernetes ${kubernetesVersion} from its Go modules (about 8 min)`, () =>
      makeFolder(folder, async (temporary) => {
        await build(temporary);
        await writeImages(join(temporary, "bin"), join(temporary, "images"));
        await writeFile(join(temporary, "origin"), `built from its Go modules in ${seconds(elapsed())}`);
      }),
    );
  }
  const origin = readFileSync(join(folder, "origin"), "utf8");
  say("programs", `Kubernetes ${kubernetesVersion}, ${origin}, in ${join(folder, "bin")}`);
  return { bin: join(folder, "bin"), images: join(folder, "images") };
}
