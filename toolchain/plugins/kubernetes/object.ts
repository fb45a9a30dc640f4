/** Reading Kubernetes objects, which are JSON without secrets and unknowns. */
import { isProps, type Props, type Value } from "../lib/values.ts";

/** What identifies an object in the cluster. */
export interface Reference {
  apiVersion: string;
  kind: string;
  /** Empty for an object of the whole cluster. */
  namespace: string;
  name: string;
}

/** The value at a path; undefined where the path leads nowhere. */
export function at(value: Value | undefined, ...path: (string | number)[]): Value | undefined {
  let found = value;
  for (const step of path) {
    if (typeof step === "number") {
      found = Array.isArray(found) ? found[step] : undefined;
    } else {
      found = isProps(found) && Object.hasOwn(found, step) ? found[step] : undefined;
    }
  }
  return found;
}

/** The text at a path; empty where there is none. */
export function textAt(value: Value | undefined, ...path: string[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}

export function numberAt(value: Value | undefined, ...path: string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
}

export function propsAt(value: Value | undefined, ...path: string[]): Props {
  const found = at(value, ...path);
  return isProps(found) ? found : {};
}

/** The objects of a list at a path. */
export function listAt(value: Value | undefined, ...path: string[]): Props[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isProps) : [];
}

export function referenceOf(object: Props): Reference {
  return {
    apiVersion: textAt(object, "apiVersion"),
    kind: textAt(object, "kind"),
    namespace: textAt(object, "metadata", "namespace"),
    name: textAt(object, "metadata", "name"),
  };
}

/** How messages name an object: `Deployment web/nginx`. */
export function titleOf({ kind, namespace, name }: Reference): string {
  return `${kind} ${idOf({ namespace, name })}`;
}

/** The resource's id: `namespace/name`, or `name` for an object of the whole cluster. */
export function idOf({ namespace, name }: Pick<Reference, "namespace" | "name">): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}

export function parseId(id: string): Pick<Reference, "namespace" | "name"> {
  const slash = id.indexOf("/");
  return slash < 0 ? { namespace: "", name: id } : { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}

/** The condition of a type in `status.conditions`. */
export function conditionOf(object: Props, type: string): Props | undefined {
  return listAt(object, "status", "conditions").find((condition) => textAt(condition, "type") === type);
}

export function isOwnedBy(object: Props, owner: Props): boolean {
  const uid = textAt(owner, "metadata", "uid");
  return listAt(object, "metadata", "ownerReferences").some((reference) => textAt(reference, "uid") === uid);
}

/** A copy of the object with a value at a path of keys, or without what is there when the value is undefined. */
export function withValueAt(object: Props, path: readonly string[], value: Value | undefined): Props {
  const [key, ...rest] = path;
  if (key === undefined) {
    return object;
  }
  if (rest.length > 0) {
    const inner = at(object, key);
    if (!isProps(inner) && value === undefined) {
      return object;
    }
    return { ...object, [key]: withValueAt(isProps(inner) ? inner : {}, rest, value) };
  }
  if (value !== undefined) {
    return { ...object, [key]: value };
  }
  const { [key]: _removed, ...others } = object;
  return others;
}
