/** The error of a resource that exists but failed: the engine records it with the reasons, and retries. */
import grpc from "@grpc/grpc-js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import statusPb from "@pulumi/pulumi/proto/status_pb.js";
import anyPb from "google-protobuf/google/protobuf/any_pb.js";
import { StatusError } from "./grpc-server.ts";
import { type Props, toStruct } from "./values.ts";

/**
 * What a resource operation throws when the thing exists but the operation did not succeed. A refresh gives the inputs
 * that it found as well.
 */
export class PartialFailure extends Error {
  readonly id: string;
  readonly outputs: Props;
  readonly inputs: Props | undefined;
  constructor(id: string, outputs: Props, reason: string, inputs?: Props) {
    super(reason);
    this.id = id;
    this.outputs = outputs;
    this.inputs = inputs;
  }
}

/** The gRPC form of a partial failure; `grpc-status-details-bin` is how gRPC carries structured details. */
export function toStatusError(failure: PartialFailure): StatusError {
  const detail = new providerPb.ErrorResourceInitFailed();
  detail.setId(failure.id);
  detail.setProperties(toStruct(failure.outputs));
  if (failure.inputs !== undefined) {
    detail.setInputs(toStruct(failure.inputs));
  }
  detail.setReasonsList([failure.message]);
  const packed = new anyPb.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statusPb.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(failure.message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return new StatusError(failure.message, metadata);
}
