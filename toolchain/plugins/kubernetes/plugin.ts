/** What the plugin does for each of the engine's calls; the same for every kind of object. */
import type { Checked, CheckRequest, Failure } from "../lib/check.ts";
import { PartialFailure } from "../lib/partial-failure.ts";
import {
  type Diff,
  type Existing,
  type Found,
  noOptions,
  type Options,
  type ResourceHandler,
} from "../lib/provider.ts";
import { hasUnknown, isProps, type Props, UNKNOWN, Unknown } from "../lib/values.ts";
import { annotationOf, autonamed, isTrue, replaceUnready, skipAwait, timeoutOf, waitFor } from "./annotations.ts";
import { isForbidden, NoSuchKindError } from "./api-error.ts";
import { createObject, previewCreation, relinquish, serverMade, updateObject } from "./apply.ts";
import { awaiterInRefresh, awaiterOf, skipsDeletion } from "./await/awaiters.ts";
import { NotReadyError, sentence, waitUntilReady } from "./await/wait.ts";
import { apiOf, type Cluster, isNamespaced, knowsKind, messageOf } from "./cluster.ts";
import { diffObjects, withoutIgnored } from "./diff.ts";
import { fieldManagerOf } from "./field-manager.ts";
import { named } from "./naming.ts";
import { normalizeInputs } from "./normalize.ts";
import { at, idOf, parseId, type Reference, referenceOf, textAt, titleOf, withValueAt } from "./object.ts";
import { prune } from "./prune.ts";
import { removeObject } from "./remove.ts";
import { replaceRules } from "./replace-rules.ts";
import { markSecrets, withoutSecretTexts } from "./secrets.ts";
import { importedInputs, outputsOf, parseState, plain, type State } from "./state.ts";

/** How long a service's endpoints must have stayed the same, as the official plugin has it. */
const settleMs = 10_000;
const deletionTimeoutSeconds = 600;

/** What a type stands for: `kubernetes:apps/v1:Deployment` is apps/v1 Deployment. Undefined: it is no object's type. */
export function objectType(type: string): { apiVersion: string; kind: string } | undefined {
  const [, group, version, kind] = /^kubernetes:([^/:]+)\/([^/:]+):(\w+)$/.exec(type) ?? [];
  if (group === undefined || version === undefined || kind === undefined || group === "helm.sh" || group === "yaml") {
    return undefined;
  }
  if (kind.endsWith("Patch") || kind.endsWith("List") || group.startsWith("kustomize")) {
    return undefined;
  }
  return { apiVersion: group === "core" ? version : `${group}/${version}`, kind };
}

/** @returns undefined for types that stand for no object: charts, patches, lists. */
export function objectHandler(cluster: Cluster, type: string): ResourceHandler | undefined {
  const typed = objectType(type);
  if (typed === undefined) {
    return undefined;
  }
  return {
    check: (request) => check(cluster, request),
    diff: (existing, inputs, options) => diff(cluster, existing, inputs, options),
    create: (urn, inputs, preview, options) =>
      discreetly(inputs, () =>
        preview ? previewCreate(cluster, urn, inputs) : create(cluster, urn, inputs, options ?? noOptions),
      ),
    read: (existing, inputs) => discreetly(inputs, () => read(cluster, typed, existing, inputs)),
    update: (existing, inputs, preview, options) =>
      discreetly(inputs, () => update(cluster, existing, inputs, preview, options ?? noOptions)),
    remove: (existing, options) => remove(cluster, typed, existing, options ?? noOptions),
  };
}

async function check(cluster: Cluster, request: CheckRequest): Promise<Checked> {
  const inputs = named(normalizeInputs(request.news), { ...request, olds: request.olds && plain(request.olds) });
  const placed = await withNamespace(cluster, inputs);
  return { inputs: markSecrets(plain(placed), placed), failures: unsupported(plain(placed)) };
}

/** An object of a namespaced kind that names no namespace goes into the provider's. */
async function withNamespace(cluster: Cluster, inputs: Props): Promise<Props> {
  const namespace = at(inputs, "metadata", "namespace");
  const isOpen = namespace === undefined || namespace === null || namespace === "";
  const metadata = inputs.metadata ?? {};
  return isOpen && isProps(metadata) && (await isNamespaced(cluster, inputs))
    ? withValueAt(inputs, ["metadata", "namespace"], cluster.settings.namespace)
    : inputs;
}

function unsupported(inputs: Props): Failure[] {
  return [waitFor, replaceUnready]
    .filter((name) => annotationOf(inputs, name) !== "")
    .map((name) => ({
      property: `metadata.annotations["${name}"]`,
      reason: `the annotation '${name}' is not supported by the stand-in kubernetes plugin`,
    }));
}

async function diff(
  cluster: Cluster,
  { state }: Existing,
  news: Props,
  { ignoreChanges }: Options = noOptions,
): Promise<Diff> {
  const old = parseState(state);
  const wanted = plain(normalizeInputs(news));
  const namespaced = await isNamespaced(cluster, wanted);
  const before = withCanonicalNamespace(prune(old.live, old.inputs), namespaced);
  const after = withCanonicalNamespace(wanted, namespaced);
  const rules = replaceRules(after, cluster.settings);
  const changes = withoutIgnored(diffObjects(before, after, rules), ignoreChanges);
  const isSamePlace =
    at(after, "metadata", "name") === at(before, "metadata", "name") &&
    at(after, "metadata", "namespace") === at(before, "metadata", "namespace");
  return { changes, stables: [], deleteBeforeReplace: isSamePlace && !isTrue(after, autonamed) };
}

function withCanonicalNamespace(object: Props, namespaced: boolean): Props {
  const namespace = at(object, "metadata", "namespace");
  if (!namespaced) {
    return withValueAt(object, ["metadata", "namespace"], undefined);
  }
  return namespace instanceof Unknown || textAt(object, "metadata", "namespace") !== ""
    ? object
    : withValueAt(object, ["metadata", "namespace"], "default");
}

async function previewCreate(cluster: Cluster, urn: string, inputs: Props): Promise<{ id: string; outputs: Props }> {
  const asIs = { id: "", outputs: inputs };
  const object = plain(normalizeInputs(inputs));
  if ("unreachable" in cluster.connection) {
    warnOnce(cluster, urn, `this is previewed without the cluster: ${cluster.connection.unreachable}`);
    return asIs;
  }
  if (hasUnknown(object) || !(await knowsKind(cluster, referenceOf(object)))) {
    return asIs;
  }
  const fieldManager = fieldManagerOf(object, "");
  const made = await previewCreation(cluster, referenceOf(object), object, fieldManager);
  if (made === undefined) {
    return asIs;
  }
  const { status: _status, ...rest } = made;
  const live = serverMade(rest)
    .filter((path) => at(object, ...path) === undefined)
    .reduce((result, path) => withValueAt(result, path, UNKNOWN), rest);
  return { id: "", outputs: outputsOf({ inputs: object, live, initialApiVersion: "", fieldManager }, inputs) };
}

const warned = new WeakSet<Cluster>();

/** One unreachable cluster is one warning, not one for each of its objects. */
function warnOnce(cluster: Cluster, urn: string, message: string): void {
  if (!warned.has(cluster)) {
    warned.add(cluster);
    cluster.log.warning(urn, message);
  }
}

async function create(
  cluster: Cluster,
  urn: string,
  inputs: Props,
  { timeoutSeconds }: Options,
): Promise<{ id: string; outputs: Props }> {
  const object = plain(normalizeInputs(inputs));
  const fieldManager = fieldManagerOf(object, "");
  const say = (status: string) => cluster.log.status(urn, status);
  const made = await createObject(cluster, referenceOf(object), object, fieldManager, say);
  const state = { inputs: object, live: made, initialApiVersion: textAt(object, "apiVersion"), fieldManager };
  const outputs = await ready(cluster, urn, state, {
    marked: inputs,
    timeoutSeconds,
    done: "created",
  });
  return { id: idOf(referenceOf(made)), outputs };
}

async function update(
  cluster: Cluster,
  { id, urn, state }: Existing,
  inputs: Props,
  preview: boolean,
  { timeoutSeconds, ignoreChanges }: Options,
): Promise<Props> {
  const object = plain(normalizeInputs(inputs));
  const old = parseState(state);
  const wantedReference = referenceOf(object);
  if (preview && (hasUnknown(object) || !(await knowsKind(cluster, wantedReference)))) {
    return inputs;
  }
  const reference = { ...wantedReference, ...parseId(id) };
  const live = await apiOf(cluster).get(reference);
  if (live === undefined) {
    throw new Error(`${titleOf(reference)} is no longer in the cluster; 'pulumi refresh' takes it out of the state`);
  }
  const fieldManager = fieldManagerOf(object, old.fieldManager);
  const change = { reference, object, live, fieldManager, ignoreChanges, dryRun: preview };
  const changed = await updateObject(cluster, change);
  if (changed === undefined) {
    return inputs;
  }
  const next = { inputs: object, live: changed, initialApiVersion: old.initialApiVersion, fieldManager };
  if (preview) {
    return outputsOf(next, inputs);
  }
  if (old.fieldManager !== "" && old.fieldManager !== fieldManager) {
    await relinquish(cluster, reference, old.fieldManager);
  }
  return ready(cluster, urn, next, { marked: inputs, timeoutSeconds, done: "changed" });
}

interface Readiness {
  /** The inputs with the marks of what is secret. */
  marked: Props;
  timeoutSeconds: number;
  /** What has happened to the object, for messages. */
  done: string;
}

/**
 * Waits until an object is ready, and gives the outputs of the resource.
 * @throws PartialFailure when it does not get ready; the object is in the state all the same.
 */
async function ready(
  cluster: Cluster,
  urn: string,
  state: State,
  { marked, timeoutSeconds, done }: Readiness,
): Promise<Props> {
  const reference = referenceOf(state.live);
  const awaiter = awaiterOf(state.live);
  const view = apiOf(cluster);
  if (awaiter === undefined || isTrue(state.inputs, skipAwait)) {
    return outputsOf(state, marked);
  }
  try {
    const live = await waitUntilReady({
      view,
      reference,
      look: awaiter.start({ view, settleMs }),
      timeoutSeconds: timeoutOf(state.inputs, timeoutSeconds, awaiter.timeoutSeconds),
      say: (status) => cluster.log.status(urn, status),
      signal: cluster.signal,
      live: state.live,
    });
    return outputsOf({ ...state, live }, marked);
  } catch (error) {
    const isNotReady = error instanceof NotReadyError;
    const outputs = outputsOf({ ...state, live: isNotReady ? error.live : state.live }, marked);
    const trouble = isNotReady ? error.message : `can't be waited for: ${messageOf(error)}`;
    const message = `${titleOf(reference)} was ${done} but ${withoutSecretTexts(trouble, marked)}`;
    throw new PartialFailure(idOf(reference), outputs, message);
  } finally {
    cluster.log.status(urn, "");
  }
}

async function read(
  cluster: Cluster,
  typed: { apiVersion: string; kind: string },
  { id, urn, state }: Existing,
  inputs: Props,
): Promise<Found | undefined> {
  if ("unreachable" in cluster.connection) {
    return withoutCluster(cluster, cluster.connection.unreachable, { id, urn, state }, inputs);
  }
  const old = parseState(state);
  const given = plain(normalizeInputs(inputs));
  const { apiVersion } = referenceOf(Object.keys(given).length > 0 ? given : old.live);
  const reference = { apiVersion: apiVersion || typed.apiVersion, kind: typed.kind, ...parseId(id) };
  const live = await liveOrGone(cluster, reference);
  if (live === undefined) {
    return undefined;
  }
  const isImport = Object.keys(given).length === 0 && Object.keys(old.live).length === 0;
  const found = isImport ? importedInputs(live) : prune(live, given);
  const fieldManager = fieldManagerOf(given, old.fieldManager);
  const next = { inputs: found, live, initialApiVersion: old.initialApiVersion || reference.apiVersion, fieldManager };
  const outputs = outputsOf(next, inputs);
  const foundInputs = markSecrets(found, inputs);
  const trouble = isImport ? undefined : await troubleOf(cluster, given, live);
  if (trouble !== undefined) {
    const message = withoutSecretTexts(trouble, inputs);
    throw new PartialFailure(id, outputs, message, foundInputs);
  }
  return { id, outputs, inputs: foundInputs };
}

async function liveOrGone(cluster: Cluster, reference: Reference): Promise<Props | undefined> {
  try {
    return await apiOf(cluster).get(reference);
  } catch (error) {
    if (error instanceof NoSuchKindError) {
      return undefined;
    }
    throw isForbidden(error) ? new Error(`${titleOf(reference)} may not be read: ${messageOf(error)}`) : error;
  }
}

/** What a refresh of an object that is there and not ready says; undefined when it is ready. */
async function troubleOf(cluster: Cluster, inputs: Props, live: Props): Promise<string | undefined> {
  const awaiter = awaiterInRefresh(live);
  if (awaiter === undefined || isTrue(inputs, skipAwait)) {
    return undefined;
  }
  const seen = await awaiter.start({ view: apiOf(cluster), settleMs: 0 })(live);
  return seen.ready ? undefined : sentence(`${titleOf(referenceOf(live))} is not ready`, seen.reasons);
}

/**
 * An object of a cluster that can't be reached: taken out of the state, left as it is there, or an error, as the
 * settings have it.
 */
function withoutCluster(
  { settings, log }: Cluster,
  why: string,
  { id, urn, state }: Existing,
  inputs: Props,
): Found | undefined {
  if (settings.deleteUnreachable) {
    log.warning(urn, `taken out of the state, as 'deleteUnreachable' is set: ${why}`);
    return undefined;
  }
  if (settings.skipUnreachable) {
    log.warning(urn, `left as it is in the state, as 'skipUpdateUnreachable' is set: ${why}`);
    return { id, outputs: state, inputs };
  }
  throw new Error(
    `${why}; if the cluster is gone for good, PULUMI_K8S_DELETE_UNREACHABLE=true takes this out of the state`,
  );
}

async function remove(
  cluster: Cluster,
  typed: { apiVersion: string; kind: string },
  existing: Existing,
  { timeoutSeconds }: Options,
): Promise<void> {
  const { id, urn, state } = existing;
  const { inputs, live } = parseState(state);
  if ("unreachable" in cluster.connection) {
    const noSkipping = { ...cluster, settings: { ...cluster.settings, skipUnreachable: false } };
    withoutCluster(noSkipping, cluster.connection.unreachable, existing, {});
    return;
  }
  const reference = { apiVersion: textAt(live, "apiVersion") || typed.apiVersion, kind: typed.kind, ...parseId(id) };
  const isSkipped = isTrue(inputs, skipAwait) && skipsDeletion(live);
  try {
    await removeObject(cluster, {
      reference,
      inputs,
      timeoutSeconds: isSkipped ? 0 : timeoutOf(inputs, timeoutSeconds, deletionTimeoutSeconds),
      say: (status) => cluster.log.status(urn, status),
    });
  } finally {
    cluster.log.status(urn, "");
  }
}

/** Runs an operation whose errors must not show the secrets of the inputs. */
async function discreetly<T>(inputs: Props, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof PartialFailure) {
      throw error;
    }
    throw new Error(withoutSecretTexts(messageOf(error), inputs), { cause: error });
  }
}
