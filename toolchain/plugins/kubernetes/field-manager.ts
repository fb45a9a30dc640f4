/** Under which name the plugin owns fields, and what it does when others own them. */
import { randomBytes } from "node:crypto";
import { isProps, type Props } from "../lib/values.ts";
import { annotationOf, isTrue, patchFieldManager, patchForce } from "./annotations.ts";
import { type ApiError, conflictsOf } from "./api-error.ts";
import type { Settings } from "./configure.ts";
import { parsePath } from "./diff.ts";
import { at, listAt, propsAt, type Reference, textAt, titleOf, withValueAt } from "./object.ts";

/** The annotation's name, the one in the state, or a new one. */
export function fieldManagerOf(object: Props, inState: string): string {
  return annotationOf(object, patchFieldManager) || inState || `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
}

/** Whether the program wants fields to be taken over from others. */
export function wantsForce(object: Props, settings: Settings): boolean {
  return settings.patchForce || isTrue(object, patchForce);
}

/** Those who made an object before Pulumi had it, by hand or in an older way: what they own is taken over. */
const predecessors =
  /^(kubectl.*|before-first-apply|pulumi-kubernetes|pulumi-kubernetes\.exe|pulumi-resource-kubernetes)$/;

/** The names that the official plugin creates objects under, which makes their fields another owner's than applying does. */
const creators = /^pulumi-kubernetes-[0-9a-f]{8}$/;

/** Whether what an entry of `managedFields` owns is taken over by the manager of this name. */
function isPredecessors(entry: Props, fieldManager: string): boolean {
  const manager = textAt(entry, "manager");
  if (textAt(entry, "subresource") !== "") {
    return false;
  }
  return textAt(entry, "operation") === "Apply"
    ? manager !== fieldManager && manager.startsWith("kubectl")
    : manager === fieldManager || predecessors.test(manager) || creators.test(manager);
}

/**
 * Whether a conflict is only with those whose fields are taken over anyway.
 * @param live the object that the conflict is about, where it was there before.
 */
export function isWithPredecessors(conflict: ApiError, live: Props, fieldManager: string): boolean {
  const known = listAt(live, "metadata", "managedFields")
    .filter((entry) => isPredecessors(entry, fieldManager))
    .map((entry) => textAt(entry, "manager"));
  const managers = listAt(conflict.details, "causes").map((cause) => /"([^"]*)"/.exec(textAt(cause, "message"))?.[1]);
  return (
    managers.length > 0 &&
    managers.every((manager) => manager !== undefined && (predecessors.test(manager) || known.includes(manager)))
  );
}

/**
 * The JSON patch that gives a manager all that its predecessors own, so that what the program no longer has can go. As
 * client-go's csaupgrade makes it; only while the object is still the live one.
 * @returns undefined when there is nothing to take over.
 */
export function takeover(live: Props, fieldManager: string): Props[] | undefined {
  const entries = listAt(live, "metadata", "managedFields");
  const isOwn = (entry: Props) =>
    textAt(entry, "manager") === fieldManager &&
    textAt(entry, "operation") === "Apply" &&
    textAt(entry, "subresource") === "";
  const taken = entries.filter((entry) => isPredecessors(entry, fieldManager));
  const base = entries.find(isOwn) ?? taken.at(-1);
  if (base === undefined || taken.length === 0) {
    return undefined;
  }
  const apiVersion = textAt(base, "apiVersion");
  const merged = taken.filter((entry) => textAt(entry, "apiVersion") === apiVersion);
  const fieldsV1 = merged.reduce<Props>(
    (all, entry) => united(all, propsAt(entry, "fieldsV1")),
    propsAt(base, "fieldsV1"),
  );
  const own = { ...base, manager: fieldManager, operation: "Apply", fieldsV1 };
  const others = entries.filter((entry) => entry !== base && !merged.includes(entry));
  return merged.length === 0
    ? undefined
    : [
        { op: "replace", path: "/metadata/managedFields", value: [...others, own] },
        { op: "replace", path: "/metadata/resourceVersion", value: textAt(live, "metadata", "resourceVersion") },
      ];
}

/** All fields of two sets, each a tree of names. */
function united(one: Props, other: Props): Props {
  const all: Props = { ...one };
  for (const [name, below] of Object.entries(other)) {
    const known = all[name];
    all[name] = isProps(known) && isProps(below) ? united(known, below) : below;
  }
  return all;
}

export function conflictSentence(reference: Reference, conflict: ApiError): string {
  const fields = conflictsOf(conflict);
  const what = fields.length === 0 ? conflict.message : fields.join(", ");
  return (
    `${titleOf(reference)} has fields that someone else manages and has set otherwise: ${what}; ` +
    `leave them to the other (ignoreChanges), or take them over with the annotation ${patchForce}: "true"`
  );
}

/**
 * The object to apply when the program wants changes of some paths to be ignored: without those that only others
 * manage, and with what is live for the rest.
 */
export function withIgnoredAsLive(object: Props, live: Props, ignored: readonly string[], manager: string): Props {
  return ignored.map(parsePath).reduce<Props>((result, path) => {
    const keys = path.filter((step) => typeof step === "string");
    if (keys.length !== path.length || keys.includes("*")) {
      // Lists are applied as the engine gives them: with the old inputs in the ignored places.
      return result;
    }
    const isOurs = manages(live, keys, (name) => name === manager);
    if (!isOurs && manages(live, keys, (name) => name !== manager)) {
      return withValueAt(result, keys, undefined);
    }
    const value = at(live, ...keys);
    return value === undefined || value === null ? result : withValueAt(result, keys, value);
  }, object);
}

/** Whether one of some managers has its hand on a field. */
function manages(live: Props, keys: readonly string[], isMeant: (manager: string) => boolean): boolean {
  return listAt(live, "metadata", "managedFields")
    .filter((entry) => isMeant(textAt(entry, "manager")))
    .some((entry) => at(entry, "fieldsV1", ...keys.map((key) => `f:${key}`)) !== undefined);
}
