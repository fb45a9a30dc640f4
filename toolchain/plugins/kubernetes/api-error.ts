/** What can go wrong with a call to the API server. */
import { isProps, type Props } from "../lib/values.ts";
import { listAt, textAt } from "./object.ts";

/** The API server said no. */
export class ApiError extends Error {
  /** HTTP status. */
  readonly status: number;
  /** One word like `NotFound` or `Conflict`; empty when the answer has none. */
  readonly reason: string;
  readonly details: Props;
  constructor(status: number, body: Props) {
    super(textAt(body, "message") || `the API server answered with status ${status}`);
    this.status = status;
    this.reason = textAt(body, "reason");
    this.details = isProps(body.details) ? body.details : {};
  }
}

/** The API server gave no answer at all. */
export class UnreachableError extends Error {}

/** The API server knows no such kind. */
export class NoSuchKindError extends Error {
  constructor(apiVersion: string, kind: string) {
    super(
      `the cluster has no kind '${kind}' in '${apiVersion}'; when a CustomResourceDefinition makes it, create that first`,
    );
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

export function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403 && error.reason === "Forbidden";
}

/** The namespace that an object would go into is not there. */
export function isNamespaceMissing(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404 && textAt(error.details, "kind") === "namespaces";
}

/** The object is there and can't be changed in this way. */
export function isImmutable(error: unknown): boolean {
  return error instanceof ApiError && error.reason === "Invalid" && error.message.includes("field is immutable");
}

export function isConflict(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 409 && error.reason === "Conflict";
}

/** What others manage and an apply would have changed: who, and which field. */
export function conflictsOf(error: ApiError): string[] {
  return listAt(error.details, "causes")
    .filter((cause) => textAt(cause, "reason") === "FieldManagerConflict")
    .map((cause) => `${textAt(cause, "field")} (${textAt(cause, "message")})`);
}
