/** The calls to the API server that the plugin makes. Objects go in and come out as the server writes them. */
import http from "node:http";
import https from "node:https";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { KubeConfig } from "@kubernetes/client-node";
import { parseJson } from "../lib/json.ts";
import { isProps, type Props } from "../lib/values.ts";
import { ApiError, isNotFound, NoSuchKindError, UnreachableError } from "./api-error.ts";
import { listAt, propsAt, type Reference, textAt } from "./object.ts";

const requestTimeoutMs = 30_000;
/** How often a call is made again that the server put off (429, 503). */
const retries = 5;
const longestPauseMs = 10_000;

export interface ResourceKind {
  /** The last part of the kind's path, like `deployments`. */
  plural: string;
  namespaced: boolean;
}

/** How an apply is made. */
export interface Apply {
  fieldManager: string;
  /** Take over fields that others manage. */
  force: boolean;
  /** Only say what would come of it. */
  dryRun: boolean;
}

/** What the awaiting of an object needs to see. */
export interface View {
  /** Undefined: it does not exist. */
  get(reference: Reference): Promise<Props | undefined>;
  /** @param labels only objects with these. */
  list(apiVersion: string, kind: string, namespace: string, labels?: Props): Promise<Props[]>;
}

interface Call {
  method: string;
  path: string;
  query?: Record<string, string>;
  body?: { type: string; content: string };
  timeoutMs?: number;
}

export class Api implements View {
  readonly #config: KubeConfig;
  readonly #agent = new https.Agent({ keepAlive: true });
  readonly #kinds = new Map<string, Promise<Map<string, ResourceKind>>>();

  constructor(config: KubeConfig) {
    this.#config = config;
  }

  /** The address of the API server. */
  get server(): string {
    return this.#config.getCurrentCluster()?.server ?? "";
  }

  /**
   * The version of the API server.
   * @throws UnreachableError when nothing answers in time.
   */
  async version(timeoutMs: number): Promise<string> {
    return textAt(await this.#call({ method: "GET", path: "/version", timeoutMs }), "gitVersion");
  }

  /** @throws NoSuchKindError */
  async kind(apiVersion: string, kind: string): Promise<ResourceKind> {
    const found = (await this.#kindsOf(apiVersion)).get(kind);
    if (found === undefined) {
      // A definition made in a moment may bring it.
      this.#kinds.delete(apiVersion);
      throw new NoSuchKindError(apiVersion, kind);
    }
    return found;
  }

  async get(reference: Reference): Promise<Props | undefined> {
    try {
      return await this.#call({ method: "GET", path: await this.#path(reference) });
    } catch (error) {
      if (isNotFound(error)) {
        return undefined;
      }
      throw error;
    }
  }

  async list(apiVersion: string, kind: string, namespace: string, labels: Props = {}): Promise<Props[]> {
    const labelSelector = Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(",");
    const path = await this.#collection({ apiVersion, kind, namespace });
    return listAt(
      await this.#call({ method: "GET", path, query: labelSelector === "" ? {} : { labelSelector } }),
      "items",
    );
  }

  /** Server-side apply: makes the object, or gives an existing one the fields that the object has. */
  async apply(reference: Reference, object: Props, { fieldManager, force, dryRun }: Apply): Promise<Props> {
    return this.#call({
      method: "PATCH",
      path: await this.#path(reference),
      query: { fieldManager, force: String(force), fieldValidation: "Warn", ...dryRunQuery(dryRun) },
      body: { type: "application/apply-patch+yaml", content: JSON.stringify(object) },
    });
  }

  /** Makes an object whose name the server makes (`metadata.generateName`). */
  async create(reference: Reference, object: Props, fieldManager: string, dryRun: boolean): Promise<Props> {
    return this.#call({
      method: "POST",
      path: await this.#collection(reference),
      query: { fieldManager, ...dryRunQuery(dryRun) },
      body: { type: "application/json", content: JSON.stringify(object) },
    });
  }

  /** Changes an object by a JSON patch. */
  async patch(reference: Reference, operations: Props[]): Promise<Props> {
    return this.#call({
      method: "PATCH",
      path: await this.#path(reference),
      body: { type: "application/json-patch+json", content: JSON.stringify(operations) },
    });
  }

  /**
   * What a container has written, as the server sends it: to its end, or for as long as the container writes. It fails
   * when the signal is aborted.
   * @throws ApiError
   */
  async log(pod: Reference, query: Record<string, string>, signal: AbortSignal): Promise<Readable> {
    const { url, options } = await this.#prepare(`${await this.#path(pod)}/log`, query);
    return new Promise((resolve, reject) => {
      const asked = requestTo(url)(url, { ...options, headers: headersOf(options), signal }, (answer) => {
        const status = answer.statusCode ?? 0;
        if (status < 400) {
          resolve(answer);
        } else {
          text(answer).then((content) => reject(new ApiError(status, readBody(content))), reject);
        }
      });
      asked.on("error", reject);
      asked.end();
    });
  }

  /** Asks for the deletion; the object may live on for a while. */
  async remove(reference: Reference, propagationPolicy: string): Promise<void> {
    const content = JSON.stringify({ apiVersion: "v1", kind: "DeleteOptions", propagationPolicy });
    await this.#call({
      method: "DELETE",
      path: await this.#path(reference),
      body: { type: "application/json", content },
    });
  }

  async #path(reference: Reference): Promise<string> {
    return `${await this.#collection(reference)}/${encodeURIComponent(reference.name)}`;
  }

  async #collection({ apiVersion, kind, namespace }: Omit<Reference, "name">): Promise<string> {
    const { plural, namespaced } = await this.kind(apiVersion, kind);
    const inNamespace = namespaced ? `/namespaces/${encodeURIComponent(namespace || "default")}` : "";
    return `${versionPath(apiVersion)}${inNamespace}/${plural}`;
  }

  #kindsOf(apiVersion: string): Promise<Map<string, ResourceKind>> {
    const known = this.#kinds.get(apiVersion);
    if (known !== undefined) {
      return known;
    }
    const asked = this.#askForKinds(apiVersion);
    this.#kinds.set(apiVersion, asked);
    asked.catch(() => this.#kinds.delete(apiVersion));
    return asked;
  }

  async #askForKinds(apiVersion: string): Promise<Map<string, ResourceKind>> {
    try {
      const answer = await this.#call({ method: "GET", path: versionPath(apiVersion) });
      return new Map(
        listAt(answer, "resources")
          .filter((resource) => !textAt(resource, "name").includes("/"))
          .map((resource) => [
            textAt(resource, "kind"),
            { plural: textAt(resource, "name"), namespaced: resource.namespaced === true },
          ]),
      );
    } catch (error) {
      if (isNotFound(error)) {
        return new Map();
      }
      throw error;
    }
  }

  async #call(call: Call): Promise<Props> {
    for (let attempt = 1; ; attempt += 1) {
      const { status, body, retryAfterMs } = await this.#send(call);
      if (status < 400) {
        return body;
      }
      if ((status !== 429 && status !== 503) || attempt > retries) {
        throw new ApiError(status, body);
      }
      await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
    }
  }

  /** Where a call goes, and with which certificates and headers. */
  async #prepare(path: string, query: Record<string, string>): Promise<{ url: URL; options: https.RequestOptions }> {
    const cluster = this.#config.getCurrentCluster();
    const url = new URL(`${(cluster?.server ?? "").replace(/\/$/, "")}${path}`);
    url.search = new URLSearchParams(query).toString();
    const options: https.RequestOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    if (url.protocol === "https:" && !cluster?.proxyUrl) {
      options.agent = this.#agent;
    }
    return { url, options };
  }

  async #send({ method, path, query = {}, body, timeoutMs = requestTimeoutMs }: Call): Promise<Answer> {
    const { url, options } = await this.#prepare(path, query);
    const headers = { ...headersOf(options), accept: "application/json", ...bodyHeaders(body) };
    const sendOnce = () => send(url, { ...options, method, headers }, body?.content, timeoutMs);
    try {
      return await sendOnce().catch((error: unknown) => {
        if (error instanceof StaleConnectionError) {
          return sendOnce();
        }
        throw error;
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new UnreachableError(`the Kubernetes API server at ${this.server} can't be reached: ${why}`);
    }
  }
}

/** The server had closed a kept connection before the request reached it, so that the request can be made again. */
class StaleConnectionError extends Error {}

interface Answer {
  status: number;
  body: Props;
  retryAfterMs: number;
}

function requestTo({ protocol }: URL): typeof https.request {
  return protocol === "http:" ? http.request : https.request;
}

function versionPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function dryRunQuery(dryRun: boolean): Record<string, string> {
  return dryRun ? { dryRun: "All" } : {};
}

function headersOf({ headers }: https.RequestOptions): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (typeof value === "string") {
      texts[name] = value;
    }
  }
  return texts;
}

function bodyHeaders(body: Call["body"]): Record<string, string> {
  return body === undefined
    ? {}
    : { "content-type": body.type, "content-length": String(Buffer.byteLength(body.content)) };
}

function send(
  url: URL,
  options: https.RequestOptions,
  content: string | undefined,
  timeoutMs: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = requestTo(url)(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        clearTimeout(timer);
        const pause = Number(response.headers["retry-after"] ?? 1) * 1000;
        resolve({
          status: response.statusCode ?? 0,
          body: readBody(Buffer.concat(chunks).toString("utf8")),
          retryAfterMs: Math.min(Number.isFinite(pause) ? pause : 1000, longestPauseMs),
        });
      });
    });
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    request.on("error", (error) => {
      clearTimeout(timer);
      const isStale = request.reusedSocket && "code" in error && error.code === "ECONNRESET";
      reject(isStale ? new StaleConnectionError(error.message) : error);
    });
    request.end(content);
  });
}

/** An answer that is no JSON object (a proxy's page) becomes a message. */
function readBody(text: string): Props {
  try {
    const value = parseJson(text);
    return isProps(value) ? value : { message: text };
  } catch (error) {
    if (error instanceof SyntaxError) {
      return { message: text.slice(0, 500) };
    }
    throw error;
  }
}

/** The labels that a selector asks for by equality. */
export function matchLabels(object: Props): Props {
  return propsAt(object, "spec", "selector", "matchLabels");
}
