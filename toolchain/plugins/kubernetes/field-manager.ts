/** Under which name the plugin owns fields, and what it does when others own them. */
import { randomBytes } from "node:crypto";
import type { Props } from "../lib/values.ts";
import { annotationOf, isTrue, patchFieldManager, patchForce } from "./annotations.ts";
import { type ApiError, conflictsOf } from "./api-error.ts";
import type { Settings } from "./configure.ts";
import { parsePath } from "./diff.ts";
import { at, listAt, type Reference, textAt, titleOf, withValueAt } from "./object.ts";

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

/** Whether a conflict is only with those whose fields are taken over anyway. */
export function isWithPredecessors(conflict: ApiError): boolean {
  const managers = listAt(conflict.details, "causes").map((cause) => /"([^"]*)"/.exec(textAt(cause, "message"))?.[1]);
  return managers.length > 0 && managers.every((manager) => manager !== undefined && predecessors.test(manager));
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
