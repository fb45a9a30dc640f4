import { parseAllDocuments } from "yaml";
import type { Manifest } from "../../lib/cluster/api.ts";

/** kind's clusters come without metrics-server, which the autoscaler reads. */
const release = "https://github.com/kubernetes-sigs/metrics-server/releases/download/v0.8.1/components.yaml";

function isManifest(value: unknown): value is Manifest {
  return typeof value === "object" && value !== null && "apiVersion" in value && "kind" in value && "metadata" in value;
}

/**
 * The manifests of a release of metrics-server, changed for kind: its kubelets sign their certificates themselves.
 * @throws {Error} when the text has no Deployment that this can be changed in
 */
export function forKind(text: string): Manifest[] {
  const documents = parseAllDocuments(text);
  const args = documents
    .find((document) => document.get("kind") === "Deployment")
    ?.getIn(["spec", "template", "spec", "containers", 0, "args"]);
  if (typeof args !== "object" || args === null || !("add" in args) || typeof args.add !== "function") {
    throw new Error("metrics-server's manifests have no Deployment whose container has arguments");
  }
  args.add("--kubelet-insecure-tls");
  return documents.map((document): unknown => document.toJS()).filter(isManifest);
}

/** The official manifests of metrics-server for a cluster of kind's. @throws {Error} when they can't be downloaded */
export async function metricsServer(): Promise<Manifest[]> {
  const answer = await fetch(release, { signal: AbortSignal.timeout(60_000) });
  if (!answer.ok) {
    throw new Error(`metrics-server's manifests: the download answers ${answer.status}`);
  }
  return forKind(await answer.text());
}
