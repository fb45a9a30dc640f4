import { type RequestOptions, request } from "node:https";
import { PassThrough } from "node:stream";
import {
  ApiException,
  AppsV1Api,
  AutoscalingV2Api,
  CoreV1Api,
  Exec,
  type KubeConfig,
  SchedulingV1Api,
  type V1Pod,
  type V1Status,
} from "@kubernetes/client-node";
import { isReady } from "../../../lib/cluster/pod-ready.ts";
import { componentLabel } from "../../labels.ts";
import { clusterAccess } from "../../targets/kubernetes/kubeconfig.ts";

export interface ClusterObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
}

export const isClusterObject = (value: unknown): value is ClusterObject =>
  typeof value === "object" && value !== null && "kind" in value && "metadata" in value && "apiVersion" in value;

/** Said of every headless Service, for a default that the API server fills in by itself. */
const ofItsOwn = /SessionAffinity is ignored for headless services/;

const pluralOf = (kind: string) => `${kind.toLowerCase().replace(/y$/, "ie").replace(/ss$/, "sse")}s`;

export interface RunningPod {
  name: string;
  uid: string;
  ready: boolean;
  image: string;
}

/** What a cluster holds of one stack: all that lies in its namespace. */
export class StackOnCluster {
  readonly namespace: string;
  readonly #access: KubeConfig;
  readonly #core: CoreV1Api;

  constructor(kubeconfig: string, namespace: string) {
    this.namespace = namespace;
    this.#access = clusterAccess({ kubeconfig, context: undefined });
    this.#core = this.#access.makeApiClient(CoreV1Api);
  }

  /** A component's pods, without those that were told to stop. */
  async pods(component?: string): Promise<RunningPod[]> {
    const labelSelector = component === undefined ? componentLabel : `${componentLabel}=${component}`;
    const { items } = await this.#core.listNamespacedPod({ namespace: this.namespace, labelSelector });
    return items
      .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
      .map((pod) => ({
        name: pod.metadata?.name ?? "",
        uid: pod.metadata?.uid ?? "",
        ready: isReady(pod),
        image: pod.spec?.containers.at(0)?.image ?? "",
      }));
  }

  /** Names of the pods that were told to stop, and still run. */
  async stopping(): Promise<string[]> {
    const { items } = await this.#core.listNamespacedPod({ namespace: this.namespace });
    return items.flatMap(({ metadata }) => (metadata?.deletionTimestamp === undefined ? [] : [metadata.name ?? ""]));
  }

  /** The one pod of a component that has one. */
  async pod(component: string): Promise<RunningPod> {
    const [only, ...others] = await this.pods(component);
    if (only === undefined || others.length > 0) {
      throw new Error(`${component} has ${others.length} more or no pod`);
    }
    return only;
  }

  /** As when its node dies: without time to drain. */
  async kill({ name }: RunningPod): Promise<void> {
    await this.#core.deleteNamespacedPod({ name, namespace: this.namespace, gracePeriodSeconds: 0 });
  }

  /** Runs a program in a pod's container. @returns what it says @throws Error where it fails */
  async exec({ name }: RunningPod, component: string, command: string[]): Promise<string> {
    const said = new PassThrough();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const end = ({ status, message }: V1Status) =>
      status === "Success" ? resolve() : reject(new Error(`${command.join(" ")}: ${message}`));
    const exec = new Exec(this.#access);
    await exec.exec(this.namespace, name, component, command, said, said, null, false, end);
    await promise;
    return String(said.read() ?? "");
  }

  /** As when its node is drained. @returns whether the budget allowed it */
  async evict({ name }: RunningPod): Promise<boolean> {
    const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace: this.namespace } };
    try {
      await this.#core.createNamespacedPodEviction({ name, namespace: this.namespace, body });
      return true;
    } catch (error) {
      if (error instanceof ApiException && error.code === 429) {
        return false;
      }
      throw error;
    }
  }

  /** What the API server says to a pod in the namespace; nothing is made. @returns its status code */
  async tryPod(spec: V1Pod["spec"]): Promise<number> {
    try {
      const body: V1Pod = { metadata: { name: "tried" }, ...(spec === undefined ? {} : { spec }) };
      await this.#core.createNamespacedPod({ namespace: this.namespace, body, dryRun: "All" });
      return 200;
    } catch (error) {
      if (error instanceof ApiException) {
        return error.code;
      }
      throw error;
    }
  }

  /** The API server's address. */
  get server(): string {
    return this.#access.getCurrentCluster()?.server ?? "";
  }

  /** What the API server has against an object that it would apply as it stands: errors, unknown fields, warnings. */
  async complaints(object: ClusterObject): Promise<string[]> {
    const { apiVersion, kind, metadata } = object;
    const group = apiVersion.includes("/") ? `apis/${apiVersion}` : `api/${apiVersion}`;
    const place = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
    const query = "dryRun=All&fieldManager=test&force=true&fieldValidation=Strict";
    const path = `/${group}${place}/${pluralOf(kind)}/${metadata.name}?${query}`;
    const options: RequestOptions = {
      method: "PATCH",
      headers: { "content-type": "application/apply-patch+yaml", accept: "application/json" },
    };
    await this.#access.applyToHTTPSOptions(options);
    return new Promise((resolve, reject) => {
      const asked = request(`${this.server}${path}`, options, async (answer) => {
        const body = (await answer.toArray()).join("");
        const warnings = [answer.headers.warning ?? []].flat().filter((text) => !ofItsOwn.test(text));
        // 201 for what would be made.
        const isTaken = answer.statusCode === 200 || answer.statusCode === 201;
        resolve(isTaken ? warnings : [`${kind} ${metadata.name}: ${body}`, ...warnings]);
      });
      // JSON is YAML.
      asked.on("error", reject).end(JSON.stringify(object));
    });
  }

  logs({ name }: RunningPod): Promise<string> {
    return this.#core.readNamespacedPodLog({ name, namespace: this.namespace });
  }

  /** Everything in the namespace but Secrets, as text. */
  async plainObjects(): Promise<string> {
    const { namespace } = this;
    const apps = this.#access.makeApiClient(AppsV1Api);
    return JSON.stringify([
      await this.#core.listNamespacedPod({ namespace }),
      await this.#core.listNamespacedConfigMap({ namespace }),
      await this.#core.listNamespacedService({ namespace }),
      await apps.listNamespacedDeployment({ namespace }),
      await apps.listNamespacedStatefulSet({ namespace }),
    ]);
  }

  /** How many replicas the autoscaler wants. */
  async wanted(component: string): Promise<number> {
    const api = this.#access.makeApiClient(AutoscalingV2Api);
    const { status } = await api.readNamespacedHorizontalPodAutoscaler({ name: component, namespace: this.namespace });
    return status?.desiredReplicas ?? 0;
  }

  createNamespace = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    this.#core.createNamespace({ body: { metadata: { name, labels: { ...labels } } } });

  deleteNamespace = (name: string) => this.#core.deleteNamespace({ name });

  /** How many pods the namespace may hold, by a quota such as an administrator sets. */
  async allowPods(count: number): Promise<void> {
    const body = { metadata: { name: "few" }, spec: { hard: { pods: String(count) } } };
    await this.#core.createNamespacedResourceQuota({ namespace: this.namespace, body });
  }

  async allowAllPods(): Promise<void> {
    await this.#core.deleteNamespacedResourceQuota({ name: "few", namespace: this.namespace });
  }

  /** Names of all that is left, in the cluster's own room as well. */
  async leftovers(): Promise<string[]> {
    // A PriorityClass has the namespace's name before its own; another stack's namespace may begin with ours.
    const isOurs = (name: string) => name === this.namespace || name === `${this.namespace}-redis`;
    const spaces = (await this.#core.listNamespace()).items.map(({ metadata }) => metadata?.name);
    const priorities = (await this.#access.makeApiClient(SchedulingV1Api).listPriorityClass()).items.map(
      ({ metadata }) => metadata?.name,
    );
    const volumes = (await this.#core.listPersistentVolume()).items.map(({ spec }) => spec?.claimRef?.namespace);
    return [...spaces, ...priorities, ...volumes].filter((name) => name !== undefined).filter(isOurs);
  }
}
