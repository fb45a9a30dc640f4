import { Agent, request } from "node:https";
import { at } from "../at.ts";
import { UserError } from "../user-error.ts";
import type { Access } from "./kubeconfig.ts";

/** An object of the cluster, as far as applying it asks for. */
export type Manifest = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [key: string]: unknown };
  [key: string]: unknown;
};

/** The paths of the kinds that the add-ons are made of. */
const plurals: Record<string, string> = {
  APIService: "apiservices",
  ClusterRole: "clusterroles",
  ClusterRoleBinding: "clusterrolebindings",
  ConfigMap: "configmaps",
  Deployment: "deployments",
  Namespace: "namespaces",
  RoleBinding: "rolebindings",
  Service: "services",
  ServiceAccount: "serviceaccounts",
  StorageClass: "storageclasses",
};

/** The API's path of an object. */
export function pathOf({ apiVersion, kind, metadata }: Manifest): string {
  const plural = plurals[kind];
  if (plural === undefined) {
    throw new Error(`no path is known of the kind ${kind}`);
  }
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const namespace = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
  return `${group}${namespace}/${plural}/${metadata.name}`;
}

/** What the API server answers; the body is JSON, or undefined where it is plain text. */
export type Answer = { status: number; body: unknown; text: string };

/** A client of the API server. Requests that can't be made, and answers later than 10 s, are thrown. */
export class Api {
  readonly #access: Access;
  readonly #agent: Agent;

  constructor(access: Access) {
    this.#access = access;
    const { authority, client } = access;
    this.#agent = new Agent({ ca: authority, cert: client.certificate, key: client.key, keepAlive: false });
  }

  ask(method: string, path: string, body?: { type: string; value: unknown }): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": body.type }),
      };
      const options = { method, headers, agent: this.#agent, timeout: 10_000 };
      const asked = request(new URL(path, this.#access.server), options, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        answer.on("error", reject).on("end", () => {
          const json = answer.headers["content-type"]?.startsWith("application/json") === true;
          resolve({ status: answer.statusCode ?? 0, body: json ? JSON.parse(text) : undefined, text });
        });
      });
      asked.on("timeout", () => asked.destroy(new Error("no answer within 10 s")));
      asked.on("error", reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body.value));
    });
  }

  /** An object of the cluster. @throws UserError with the API server's own message */
  async get(path: string): Promise<unknown> {
    const { status, body, text } = await this.ask("GET", path);
    if (status !== 200) {
      throw new UserError(`cluster: GET ${path} answers ${status}: ${messageIn(body, text)}`);
    }
    return body;
  }

  /** Makes the object what the manifest says (server-side apply). @throws UserError with the API server's own message */
  async apply(manifest: Manifest): Promise<void> {
    const path = `${pathOf(manifest)}?fieldManager=resume-toolchain&force=true`;
    const { status, body, text } = await this.ask("PATCH", path, {
      type: "application/apply-patch+yaml",
      value: manifest,
    });
    if (status >= 300) {
      throw new UserError(`cluster: ${manifest.kind} ${manifest.metadata.name} is refused: ${messageIn(body, text)}`);
    }
  }
}

function messageIn(body: unknown, text: string): string {
  return String(at(body, "message") ?? text);
}

/** Whether an object has the condition; the words that it explains itself with where it has not. */
export function condition(object: unknown, type: string): { met: boolean; why: string } {
  const all = at(object, "status", "conditions");
  const found: unknown = Array.isArray(all) ? all.find((entry) => at(entry, "type") === type) : undefined;
  return { met: at(found, "status") === "True", why: String(at(found, "message") ?? "nothing is known yet") };
}
