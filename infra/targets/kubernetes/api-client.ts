import { type ApiConstructor, ApiException, type ApiType, type KubeConfig } from "@kubernetes/client-node";
import { inTime } from "../../../lib/in-time.ts";
import { UserError } from "../../../lib/user-error.ts";

/** A client of a cluster's API server; errors are one sentence for the user. */
export class ApiClient {
  readonly server: string;
  readonly #access: KubeConfig;
  readonly #answerMs: number;

  /** @param answerMs timeout of each request, in milliseconds */
  constructor(access: KubeConfig, answerMs: number) {
    this.#access = access;
    this.#answerMs = answerMs;
    this.server = access.getCurrentCluster()?.server ?? "";
  }

  api = <T extends ApiType>(type: ApiConstructor<T>): T => this.#access.makeApiClient(type);

  /** The response. @throws {UserError} when the server does not answer or refuses */
  async answer<T>(request: Promise<T>): Promise<T> {
    try {
      return await inTime(request, this.#answerMs);
    } catch (error) {
      if (error instanceof ApiException) {
        throw new UserError(
          `The Kubernetes API server at ${this.server} refuses (${error.code}): ${messageIn(error.body)}.`,
        );
      }
      throw new UserError(
        `No Kubernetes API server answers at ${this.server} (${reasonOf(error)}). Start the cluster, or name another with kubernetes:context.`,
      );
    }
  }

  /** The response, or its status code where that is one of `codes`. */
  answerOr<T, Code extends 403 | 404>(request: Promise<T>, ...codes: Code[]): Promise<T | Code> {
    const answer = request.catch((error: unknown) => {
      const code = error instanceof ApiException ? codes.find((known) => known === error.code) : undefined;
      if (code === undefined) {
        throw error;
      }
      return code;
    });
    return this.answer(answer);
  }
}

/** The message of the innermost cause, which is the specific one. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.cause === undefined ? error.message || error.name : reasonOf(error.cause);
}

/** The message in an error's body, a Status object. A 401 has no body. */
export function messageIn(body: unknown): string {
  if (body === undefined) {
    return "it does not know who asks";
  }
  const status: unknown = typeof body === "string" && body.startsWith("{") ? JSON.parse(body) : body;
  return typeof status === "object" && status !== null && "message" in status ? String(status.message) : String(body);
}
