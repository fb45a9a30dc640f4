import { ApiException, Health, KubeConfig, KubernetesObjectApi, PatchStrategy } from "@kubernetes/client-node";
import { at } from "../at.ts";
import { inTime } from "../in-time.ts";
import { say, seconds, stopwatch, withProgress } from "../report.ts";
import { messageOf, UserError } from "../user-error.ts";
import { waitUntil } from "../wait.ts";
import { clusterName, kubeconfigFile } from "./place.ts";

/** An object of the cluster, as a manifest has it. */
export type Manifest = {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  [key: string]: unknown;
};

/** A part of the cluster, and the condition that it has when it is ready. */
type Part = { name: string; object: Manifest; condition: "Ready" | "Available" };

function deployment(name: string): Part {
  const object = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace: "kube-system" } };
  return { name, object, condition: "Available" };
}

const node: Part = {
  name: "the node",
  object: { apiVersion: "v1", kind: "Node", metadata: { name: clusterName } },
  condition: "Ready",
};

const parts: Part[] = [
  deployment("coredns"),
  deployment("metrics-server"),
  {
    name: "the metrics' API",
    object: {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: "v1beta1.metrics.k8s.io" },
    },
    condition: "Available",
  },
];

const requestTimeoutMs = 10_000;
const readyTimeoutMs = 120_000;

/** The reason why an object does not have a condition; undefined when it has. */
export function unmetReason(object: unknown, type: string): string | undefined {
  const conditions = at(object, "status", "conditions");
  const found: unknown = Array.isArray(conditions)
    ? conditions.find((condition) => at(condition, "type") === type)
    : undefined;
  return at(found, "status") === "True" ? undefined : String(at(found, "message") ?? "nothing is known yet");
}

/** The API server's message in a failed request. */
function serverMessage(error: unknown): string {
  if (!(error instanceof ApiException)) {
    return messageOf(error);
  }
  const body: unknown = error.body;
  return String(at(typeof body === "string" && body.startsWith("{") ? JSON.parse(body) : body, "message") ?? body);
}

/** A client of our cluster's API server. */
export class ClusterApi {
  readonly #config = new KubeConfig();
  readonly #objects: KubernetesObjectApi;

  constructor(kubeconfig: string = kubeconfigFile) {
    this.#config.loadFromFile(kubeconfig);
    this.#objects = KubernetesObjectApi.makeApiClient(this.#config);
  }

  /** Whether the API server is ready. One that does not answer is not. */
  async isReady(): Promise<boolean> {
    try {
      return await inTime(new Health(this.#config).readyz({}), requestTimeoutMs);
    } catch {
      return false;
    }
  }

  /** Creates or changes an object by server-side apply. @throws {UserError} with the API server's message */
  async apply(manifest: Manifest): Promise<void> {
    const [pretty, dryRun, force] = [undefined, undefined, true];
    const strategy = PatchStrategy.ServerSideApply;
    try {
      const applied = this.#objects.patch(manifest, pretty, dryRun, "resume-toolchain", force, strategy);
      await inTime(applied, requestTimeoutMs);
    } catch (error) {
      throw new UserError(`cluster: ${manifest.kind} ${manifest.metadata.name} is refused: ${serverMessage(error)}`);
    }
  }

  /** The reason why a part is not ready. An API server that does not answer, as after a start, is one. */
  async #problem({ object, condition }: Part): Promise<string | undefined> {
    try {
      return unmetReason(await inTime(this.#objects.read(object), requestTimeoutMs), condition);
    } catch (error) {
      return error instanceof ApiException
        ? `it answers ${error.code}`
        : `the API server does not answer (${messageOf(error)})`;
    }
  }

  /**
   * Waits until the cluster's parts are ready.
   * @param withNode whether to wait for the node, too. kind has waited for its own
   * @param verbose whether to print a line for each part
   * @throws {UserError} with the reason when one is not ready within 120 s
   */
  async waitUntilReady(withNode: boolean, verbose: boolean): Promise<void> {
    for (const part of withNode ? [node, ...parts] : parts) {
      const elapsed = stopwatch();
      const condition = part.condition.toLowerCase();
      const late = (problem: string) =>
        `cluster: ${part.name} is not ${condition} within ${readyTimeoutMs / 1000} s: ${problem}`;
      await withProgress("cluster", `waiting for ${part.name}`, () =>
        waitUntil(() => this.#problem(part), { limitMs: readyTimeoutMs, late }),
      );
      if (verbose) {
        say("cluster", `${part.name} is ${condition} after ${seconds(elapsed())}`);
      }
    }
  }
}
