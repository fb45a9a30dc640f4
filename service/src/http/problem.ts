import type { Phrase } from "../words/locale.ts";

/** The statuses that have a title in every language. */
export type ProblemStatus = 400 | 403 | 404 | 405 | 413 | 415 | 500 | 503;

/** An HTTP error. Its detail is sent to the client, so it must not contain internals. */
export class HttpProblem extends Error {
  readonly status: ProblemStatus;
  readonly detail: Phrase;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: ProblemStatus, detail: Phrase, headers: Readonly<Record<string, string>> = {}) {
    super(`HTTP status ${status}`);
    this.name = "HttpProblem";
    this.status = status;
    this.detail = detail;
    this.headers = headers;
  }
}
