/** A small API server for unit tests: keeps objects, merges applies, and lets a test say no. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { KubeConfig } from "@kubernetes/client-node";
import { Api } from "../kubernetes/api.ts";
import type { Cluster } from "../kubernetes/cluster.ts";
import { readSettings } from "../kubernetes/configure.ts";
import { textAt, withValueAt } from "../kubernetes/object.ts";
import type { EngineLog } from "../lib/engine-log.ts";
import { parseJson } from "../lib/json.ts";
import { isProps, type Props, type Value } from "../lib/values.ts";

const kinds: Record<string, [kind: string, plural: string, namespaced: boolean][]> = {
  "/api/v1": [
    ["Namespace", "namespaces", false],
    ["ConfigMap", "configmaps", true],
    ["Secret", "secrets", true],
    ["Service", "services", true],
    ["Pod", "pods", true],
    ["Event", "events", true],
  ],
  "/apis/apps/v1": [
    ["Deployment", "deployments", true],
    ["ReplicaSet", "replicasets", true],
  ],
  "/apis/discovery.k8s.io/v1": [["EndpointSlice", "endpointslices", true]],
};

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  authorization: string;
  /** A JSON patch is the list `operations`. */
  body: Props;
}

/** What a test wants to be answered instead; undefined: the usual answer. */
export type Refusal = (call: Call) => { status: number; body: Props } | undefined;

export class FakeCluster {
  /** What there is, by path. */
  readonly objects = new Map<string, Props>();
  readonly calls: Call[] = [];
  readonly lines: string[] = [];
  readonly abort = new AbortController();
  refusal: Refusal = () => undefined;
  readonly #server: Server;
  #version = 100;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request).then(
        ({ status, body }) => {
          response.writeHead(status, { "content-type": "application/json" });
          response.end(JSON.stringify(body));
        },
        (error: unknown) => {
          response.writeHead(500);
          response.end(JSON.stringify({ message: `the fake API failed: ${error}` }));
        },
      );
    });
  }

  async start(config: Props = {}): Promise<Cluster> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromString(this.kubeconfig());
    const say = (kind: string) => (_urn: string, line: string) => void this.lines.push(`${kind}: ${line}`);
    const log: EngineLog = { info: say("info"), warning: say("warning"), status: say("status") };
    const settings = readSettings(config, kubeConfig);
    return { settings, log, signal: this.abort.signal, connection: { api: new Api(kubeConfig) } };
  }

  /** A kubeconfig with the contexts `fake` and `other`. */
  kubeconfig(): string {
    const address = this.#server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const context = (name: string) => ({ name, context: { cluster: "fake", user: "me", namespace: `${name}-ns` } });
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "fake",
      clusters: [{ name: "fake", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
      users: [{ name: "me", user: { token: "t" } }],
      contexts: [context("fake"), context("other")],
    });
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: Props }> {
    const url = new URL(request.url ?? "/", "http://fake");
    const content = await text(request);
    const body = content === "" ? {} : parseJson(content);
    const method = request.method ?? "GET";
    const { authorization = "" } = request.headers;
    const call = {
      method,
      path: url.pathname,
      query: url.searchParams,
      authorization,
      body: isProps(body) ? body : Array.isArray(body) ? { operations: body } : {},
    };
    this.calls.push(call);
    return this.refusal(call) ?? this.#usual(call);
  }

  #usual(call: Call): { status: number; body: Props } {
    if (call.path === "/version") {
      return { status: 200, body: { gitVersion: "v1.34.0" } };
    }
    const resources = kinds[call.path];
    if (resources !== undefined) {
      return {
        status: 200,
        body: { resources: resources.map(([kind, name, namespaced]) => ({ kind, name, namespaced })) },
      };
    }
    const found = this.objects.get(call.path);
    switch (call.method) {
      case "GET":
        return found === undefined ? this.#list(call.path) : { status: 200, body: found };
      case "PATCH":
        return { status: 200, body: this.#apply(call, found) };
      case "DELETE":
        this.objects.delete(call.path);
        return found === undefined ? notFound(call.path) : { status: 200, body: { status: "Success" } };
      default:
        return { status: 405, body: { message: `the fake API has no ${call.method}` } };
    }
  }

  #list(path: string): { status: number; body: Props } {
    if (!Object.values(kinds).some((all) => all.some(([, plural]) => path.endsWith(`/${plural}`)))) {
      return notFound(path);
    }
    const items = [...this.objects].filter(([key]) => key.startsWith(`${path}/`)).map(([, object]) => object);
    return { status: 200, body: { items } };
  }

  #apply({ path, query, body }: Call, found: Props | undefined): Props {
    this.#version += 1;
    const uid = textAt(found, "metadata", "uid") || `uid-${this.#version}`;
    const merged = merge(found ?? {}, body);
    const stamped = [
      ["uid", uid],
      ["resourceVersion", String(this.#version)],
      ["creationTimestamp", "2026-01-01T00:00:00Z"],
    ].reduce((object, [key, value]) => withValueAt(object, ["metadata", String(key)], String(value)), merged);
    if (!query.has("dryRun")) {
      this.objects.set(path, stamped);
    }
    return stamped;
  }
}

function notFound(path: string): { status: number; body: Props } {
  return { status: 404, body: { reason: "NotFound", message: `${path} not found`, details: {} } };
}

function merge(old: Value, wanted: Props): Props {
  const merged: Props = isProps(old) ? { ...old } : {};
  for (const [key, value] of Object.entries(wanted)) {
    merged[key] = isProps(value) ? merge(merged[key] ?? {}, value) : value;
  }
  return merged;
}
