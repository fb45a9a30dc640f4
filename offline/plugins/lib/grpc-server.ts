/** Starts a plugin's gRPC server the way the Pulumi CLI expects it: a free port on loopback, printed as the only line. */
import grpc from "@grpc/grpc-js";

const noLimit = -1;

/**
 * Serves one service until the parent process (the CLI) ends.
 * @param register adds the service to the server.
 */
export function serve(register: (server: grpc.Server) => void): void {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": noLimit,
    "grpc.max_send_message_length": noLimit,
  });
  register(server);
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      process.stderr.write(`the plugin cannot listen on loopback: ${error.message}\n`);
      process.exit(1);
    }
    process.stdout.write(`${port}\n`);
  });
  exitWithParent();
}

/** Ends the plugin with the CLI: a CLI that is killed can't stop its plugins. */
function exitWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) {
      process.exit(0);
    }
  }, 1000).unref();
}

/** Turns an async function into a gRPC handler; what it throws becomes the call's error. */
export function unary<Request, Response>(
  handle: (request: Request) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, reply) => {
    handle(call.request).then(
      (response) => reply(null, response),
      (error: unknown) => reply(toServiceError(error)),
    );
  };
}

/** A handler for a call that the plugin does not offer; the error names it. */
export function unimplemented(name: string): grpc.handleUnaryCall<unknown, unknown> {
  return (_call, reply) =>
    reply({ code: grpc.status.UNIMPLEMENTED, message: `${name} is not offered by this stand-in plugin` });
}

/** An error that carries gRPC metadata (see PartialError in provider-errors.ts). */
export class StatusError extends Error {
  readonly metadata: grpc.Metadata;
  constructor(message: string, metadata: grpc.Metadata) {
    super(message);
    this.metadata = metadata;
  }
}

function toServiceError(error: unknown): Partial<grpc.ServiceError> {
  if (error instanceof StatusError) {
    return { code: grpc.status.UNKNOWN, message: error.message, metadata: error.metadata };
  }
  return { code: grpc.status.UNKNOWN, message: error instanceof Error ? error.message : String(error) };
}
