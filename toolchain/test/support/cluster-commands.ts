/**
 * Run by cluster.real.test.ts in a network, process and mount namespace of its own, with a copy of the project as
 * argument: runs `cluster:up` and `cluster:down` there as a user does. Prints what it saw as one line of JSON.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { at } from "../../../lib/at.ts";
import { ProbeCache } from "../../../lib/probe-cache.ts";
import { run } from "../../../lib/run.ts";
import { clusterPresence } from "../../cluster/cluster.ts";
import { cacheKey, clusterStack } from "../../lib/stack-config.ts";
import { registryPid } from "../../offline.ts";

const [, , project = ""] = process.argv;
const configFile = join(project, "Pulumi.k8s.yaml");

async function command(...args: string[]) {
  const from = performance.now();
  const { code, stdout, stderr } = await run(process.execPath, [join(project, "toolchain/start.mjs"), ...args]);
  if (code !== 0) {
    throw new Error(`${args.join(" ")} ended with exit code ${code}:\n${stderr}`);
  }
  return { stdout, stderr, seconds: (performance.now() - from) / 1000 };
}

function config(): unknown {
  return at(parse(readFileSync(configFile, "utf8")), "config");
}

const stack = ["--stack", "k8s", "--non-interactive"];
const resource = { urn: "urn:pulumi:k8s::resume::my:own:Thing::one", custom: false, type: "my:own:Thing" };

/** How many resources the stack's state has. */
async function resources(): Promise<number> {
  const { stdout } = await command("pulumi", "stack", "export", ...stack);
  const all = at(JSON.parse(stdout), "deployment", "resources");
  return Array.isArray(all) ? all.length : 0;
}

const committed = at(parse(readFileSync(join(project, "toolchain/cluster/Pulumi.k8s.yaml"), "utf8")), "config");
// A user's mirror, which is only configured: the cluster's registry is another one, whatever this machine has.
const before = { ...Object(committed), "resume:imageRegistry": "registry.example:5000" };
// What the toolchain has set here on another day, and this machine does not ask for.
const earlier = { "resume:images.grafana": "none" };
new ProbeCache().write(cacheKey(clusterStack), earlier);
writeFileSync(configFile, JSON.stringify({ config: { ...before, "resume:images": { grafana: "none" } } }));
const up = await command("cluster:up");
const fitted = config();
const again = await command("cluster:up");
const fittedAgain = config();
const registry = registryPid() !== undefined;

const deployment = { manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" }, resources: [resource] };
const state = join(project, "state.json");
writeFileSync(state, JSON.stringify({ version: 3, deployment }));
await command("pulumi", "stack", "import", "--file", state, ...stack);
rmSync(state);
await command("certificate", "localhost");
const imported = await resources();

// The user points the stack at a cluster of their own: what lives there is no affair of cluster:down's.
const kubeconfig = String(at(fitted, "kubernetes:kubeconfig"));
await command("pulumi", "config", "set", "kubernetes:kubeconfig", "/home/me/.kube/config", ...stack);
const elsewhere = config();
const upElsewhere = await command("cluster:up");
const configElsewhere = config();
await command("pulumi", "config", "set", "kubernetes:kubeconfig", kubeconfig, ...stack);
await command("cluster:up");
await command("pulumi", "config", "set", "kubernetes:kubeconfig", "/home/me/.kube/config", ...stack);
const down = await command("cluster:down");
const kept = { config: config(), resources: await resources() };

await command("pulumi", "config", "set", "kubernetes:kubeconfig", kubeconfig, ...stack);
const downAgain = await command("cluster:down");
const left = {
  config: config(),
  resources: await resources(),
  presence: await clusterPresence(),
  registry: registryPid() !== undefined,
  kubeconfig: existsSync(kubeconfig),
};

process.stdout.write(
  `${JSON.stringify({ before, up, fitted, again, fittedAgain, registry, imported, elsewhere, upElsewhere, configElsewhere, down, kept, downAgain, left })}\n`,
);
