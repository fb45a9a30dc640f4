/** Lines that a plugin shows under a resource in the CLI's output. */
import grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import enginePb from "@pulumi/pulumi/proto/engine_pb.js";

export interface EngineLog {
  /** A line that stays in the output. */
  info(urn: string, message: string): void;
  warning(urn: string, message: string): void;
  /** A line that the next one replaces in the interactive display. */
  status(urn: string, message: string): void;
}

/** @param address where the engine listens, `host:port`; empty (plugin started by hand): lines go to stderr. */
export function engineLog(address: string): EngineLog {
  if (address === "") {
    const toStderr = (_urn: string, message: string) => void process.stderr.write(`${message}\n`);
    return { info: toStderr, warning: toStderr, status: toStderr };
  }
  const client = new engineGrpc.EngineClient(address, grpc.credentials.createInsecure());
  const deliver = (request: enginePb.LogRequest) =>
    new Promise<void>((resolve) => {
      client.log(request, (error: Error | null) => {
        if (error) {
          process.stderr.write(`${request.getMessage()}\n`);
        }
        resolve();
      });
    });
  // One after the other: calls under way at the same time could arrive in any order.
  let last = Promise.resolve();
  const send = (severity: enginePb.LogSeverity, ephemeral: boolean) => (urn: string, message: string) => {
    const request = new enginePb.LogRequest();
    request.setSeverity(severity);
    request.setUrn(urn);
    request.setMessage(message);
    request.setEphemeral(ephemeral);
    last = last.then(() => deliver(request));
  };
  return {
    info: send(enginePb.LogSeverity.INFO, false),
    warning: send(enginePb.LogSeverity.WARNING, false),
    status: send(enginePb.LogSeverity.INFO, true),
  };
}
