/** A resource provider over gRPC: routes the engine's calls to one handler per resource type. */

import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import { type NameProposal, urnType } from "./auto-name.ts";
import type { Checked, CheckRequest, Failure } from "./check.ts";
import { type EngineLog, engineLog } from "./engine-log.ts";
import { serve, unary, unimplemented } from "./grpc-server.ts";
import { PartialFailure, toStatusError } from "./partial-failure.ts";
import type { Change, ChangeKind } from "./plan.ts";
import { fromStruct, type Props, sameValue, toStruct } from "./values.ts";

export interface Diff {
  changes: Change[];
  /** Properties that can change only by a replacement and do not. */
  stables: string[];
  deleteBeforeReplace: boolean;
}

export interface Existing {
  id: string;
  urn: string;
  /** The outputs in the state. */
  state: Props;
}

/** What the program says about one operation, besides the inputs. */
export interface Options {
  /** The resource's custom time-out in seconds; 0: none given. */
  timeoutSeconds: number;
  /** Paths of inputs whose changes the program wants to be ignored. */
  ignoreChanges: string[];
}

export interface Found {
  id: string;
  outputs: Props;
  inputs: Props;
}

/** What a resource type does for each of the engine's calls. */
export interface ResourceHandler {
  check(request: CheckRequest): Promise<Checked>;
  diff(existing: Existing, inputs: Props, options?: Options): Promise<Diff>;
  create(urn: string, inputs: Props, preview: boolean, options?: Options): Promise<{ id: string; outputs: Props }>;
  /** Refresh when there is a state, import when `state` is empty. Undefined: it is gone. */
  read(existing: Existing, inputs: Props): Promise<Found | undefined>;
  update(existing: Existing, inputs: Props, preview: boolean, options?: Options): Promise<Props>;
  remove(existing: Existing, options?: Options): Promise<void>;
}

/** The handler of a resource type; undefined: the plugin has no such type. */
export type Handlers = (type: string) => ResourceHandler | undefined;

export interface Provider {
  name: string;
  /** The version of the official plugin whose state this one reads and writes. */
  version: string;
  /** What is wrong with the provider's configuration. */
  checkConfig(config: Props): Failure[];
  /** What a change of the provider's configuration means. Without it: every change is an update. */
  diffConfig?(olds: Props, news: Props): Change[];
  /**
   * The engine sends marked secrets and takes them back as the handlers mark them. Without it the engine sends plain
   * values and marks every output of a secret input itself. It is part of the state, so it must be as in the official
   * plugin.
   */
  acceptSecrets?: boolean;
  /** Connects; returns the handlers of the resource types. Throws one clear sentence when that is not possible. */
  configure(config: Props, log: EngineLog): Promise<Record<string, ResourceHandler> | Handlers>;
  /** Cancels everything that waits, when the user stops the CLI. */
  cancel?(): void;
}

/** Serves the provider until the CLI ends. */
export function serveProvider(provider: Provider): void {
  let log = engineLog(process.argv[2] ?? "");
  let handlers: Handlers = () => undefined;

  const handler = (urn: string): ResourceHandler => {
    const type = urnType(urn);
    const found = handlers(type);
    if (found === undefined) {
      throw new Error(`resource type '${type}' is not supported by the stand-in ${provider.name} plugin`);
    }
    return found;
  };

  serve((server) => {
    server.addService(providerGrpc.ResourceProviderService, {
      handshake: unary(async (request: providerPb.ProviderHandshakeRequest) => {
        log = engineLog(request.getEngineAddress());
        const response = new providerPb.ProviderHandshakeResponse();
        response.setSupportsAutonamingConfiguration(true);
        return response;
      }),
      attach: unary(async (request: pluginPb.PluginAttach) => {
        log = engineLog(request.getAddress());
        return new emptyPb.Empty();
      }),
      getPluginInfo: unary(async () => {
        const info = new pluginPb.PluginInfo();
        info.setVersion(provider.version);
        return info;
      }),
      getSchema: unary(async () => {
        const response = new providerPb.GetSchemaResponse();
        response.setSchema(JSON.stringify({ name: provider.name, version: provider.version }));
        return response;
      }),
      checkConfig: unary(async (request: providerPb.CheckRequest) => {
        const config = fromStruct(request.getNews());
        return checkResponse({ inputs: config, failures: provider.checkConfig(config) });
      }),
      diffConfig: unary(async (request: providerPb.DiffRequest) => {
        const [olds, news] = [fromStruct(request.getOldInputs()), fromStruct(request.getNews())];
        const changes = provider.diffConfig ? provider.diffConfig(olds, news) : configUpdates(olds, news);
        return diffResponse({ changes, stables: [], deleteBeforeReplace: false });
      }),
      configure: unary(async (request: providerPb.ConfigureRequest) => {
        const configured = await provider.configure(fromStruct(request.getArgs()), log);
        handlers = typeof configured === "function" ? configured : (type) => configured[type];
        const response = new providerPb.ConfigureResponse();
        response.setAcceptsecrets(provider.acceptSecrets ?? false);
        response.setSupportspreview(true);
        response.setSupportsAutonamingConfiguration(true);
        return response;
      }),
      check: unary(async (request: providerPb.CheckRequest) => {
        const checked = await handler(request.getUrn()).check({
          urn: request.getUrn(),
          olds: request.hasOlds() ? fromStruct(request.getOlds()) : undefined,
          news: fromStruct(request.getNews()),
          seed: request.getRandomseed_asU8(),
          proposal: nameProposal(request),
        });
        return checkResponse(checked);
      }),
      diff: unary(async (request: providerPb.DiffRequest) => {
        const options = { timeoutSeconds: 0, ignoreChanges: request.getIgnorechangesList() };
        const diff = await handler(request.getUrn()).diff(existing(request), fromStruct(request.getNews()), options);
        return diffResponse(diff);
      }),
      create: unary(async (request: providerPb.CreateRequest) => {
        const urn = request.getUrn();
        const options = { timeoutSeconds: request.getTimeout(), ignoreChanges: [] };
        const created = await partially(
          handler(urn).create(urn, fromStruct(request.getProperties()), request.getPreview(), options),
        );
        const response = new providerPb.CreateResponse();
        response.setId(created.id);
        response.setProperties(toStruct(created.outputs));
        return response;
      }),
      read: unary(async (request: providerPb.ReadRequest) => {
        const found = await partially(
          handler(request.getUrn()).read(
            { id: request.getId(), urn: request.getUrn(), state: fromStruct(request.getProperties()) },
            fromStruct(request.getInputs()),
          ),
        );
        const response = new providerPb.ReadResponse();
        if (found !== undefined) {
          response.setId(found.id);
          response.setProperties(toStruct(found.outputs));
          response.setInputs(toStruct(found.inputs));
        }
        return response;
      }),
      update: unary(async (request: providerPb.UpdateRequest) => {
        const news = fromStruct(request.getNews());
        const options = { timeoutSeconds: request.getTimeout(), ignoreChanges: request.getIgnorechangesList() };
        const outputs = await partially(
          handler(request.getUrn()).update(existing(request), news, request.getPreview(), options),
        );
        const response = new providerPb.UpdateResponse();
        response.setProperties(toStruct(outputs));
        return response;
      }),
      delete: unary(async (request: providerPb.DeleteRequest) => {
        const options = { timeoutSeconds: request.getTimeout(), ignoreChanges: [] };
        await partially(
          handler(request.getUrn()).remove(
            { id: request.getId(), urn: request.getUrn(), state: fromStruct(request.getProperties()) },
            options,
          ),
        );
        return new emptyPb.Empty();
      }),
      cancel: unary(async () => {
        provider.cancel?.();
        return new emptyPb.Empty();
      }),
      parameterize: unimplemented("Parameterize"),
      invoke: unary(async (request: providerPb.InvokeRequest) => notOffered(`function '${request.getTok()}'`)),
      call: unary(async (request: providerPb.CallRequest) => notOffered(`method '${request.getTok()}'`)),
      construct: unary(async (request: providerPb.ConstructRequest) => notOffered(`component '${request.getType()}'`)),
      list: unimplemented("List"),
      getMapping: unimplemented("GetMapping"),
      getMappings: unimplemented("GetMappings"),
    });
  });

  function notOffered(what: string): never {
    throw new Error(`${what} is not supported by the stand-in ${provider.name} plugin`);
  }
}

function existing(request: providerPb.DiffRequest | providerPb.UpdateRequest): Existing {
  return { id: request.getId(), urn: request.getUrn(), state: fromStruct(request.getOlds()) };
}

function nameProposal(request: providerPb.CheckRequest): NameProposal | undefined {
  const proposal = request.getAutonaming();
  if (proposal === undefined) {
    return undefined;
  }
  const modes = { 0: "propose", 1: "enforce", 2: "disable" } as const;
  return { name: proposal.getProposedName(), mode: modes[proposal.getMode()] };
}

function checkResponse(checked: Checked): providerPb.CheckResponse {
  const response = new providerPb.CheckResponse();
  response.setInputs(toStruct(checked.inputs));
  response.setFailuresList(
    checked.failures.map(({ property, reason }) => {
      const failure = new providerPb.CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

const { Kind } = providerPb.PropertyDiff;
const diffKinds: Record<ChangeKind, { update: providerPb.PropertyDiff.Kind; replace: providerPb.PropertyDiff.Kind }> = {
  add: { update: Kind.ADD, replace: Kind.ADD_REPLACE },
  update: { update: Kind.UPDATE, replace: Kind.UPDATE_REPLACE },
  delete: { update: Kind.DELETE, replace: Kind.DELETE_REPLACE },
};

function diffResponse(diff: Diff): providerPb.DiffResponse {
  const response = new providerPb.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = providerPb.DiffResponse.DiffChanges;
  response.setChanges(diff.changes.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDiffsList([...new Set(diff.changes.map((change) => change.property))].sort());
  response.setReplacesList(
    [...new Set(diff.changes.filter((change) => change.replace).map((change) => change.property))].sort(),
  );
  response.setStablesList([...diff.stables].sort());
  response.setDeletebeforereplace(diff.deleteBeforeReplace && diff.changes.some((change) => change.replace));
  response.setHasdetaileddiff(true);
  for (const change of diff.changes) {
    const detail = new providerPb.PropertyDiff();
    detail.setKind(change.replace ? diffKinds[change.kind].replace : diffKinds[change.kind].update);
    response.getDetaileddiffMap().set(change.path, detail);
  }
  return response;
}

/** A changed configuration changes how the engine is reached, not the resources. */
export function configUpdates(olds: Props, news: Props): Change[] {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  return keys
    .filter((key) => !key.startsWith("__") && !sameValue(olds[key] ?? null, news[key] ?? null))
    .map((key) => ({ path: key, property: key, kind: "update", replace: false }));
}

async function partially<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    throw error instanceof PartialFailure ? toStatusError(error) : error;
  }
}
