/** An HTTP error. Its message is sent to the client, so it must not contain internals. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = "HttpProblem";
    this.status = status;
    this.headers = headers;
  }
}
