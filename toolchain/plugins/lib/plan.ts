/** Diff: what a change of inputs means for a resource, by Terraform's rules. */
import { normalize } from "./normalize.ts";
import { emptyValue, type Field, type Fields, isZero } from "./schema.ts";
import { hasUnknown, isProps, type Props, sameValue, UNKNOWN, Unknown, type Value } from "./values.ts";

export type ChangeKind = "add" | "update" | "delete";

export interface Change {
  /** Path of what differs, like `envs[1]` or `healthcheck.interval`. */
  path: string;
  /** The top-level property of the path. */
  property: string;
  kind: ChangeKind;
  replace: boolean;
}

/**
 * The state a resource will have: the input where there is one; nothing where the program stopped giving it; what the
 * engine had filled in where that is the engine's business.
 */
export function plannedState(fields: Fields, state: Props | undefined, inputs: Props): Props {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      planned(field, state?.[name], inputs[name], state === undefined),
    ]),
  );
}

function planned(field: Field, prior: Value | undefined, input: Value | undefined, isNew: boolean): Value {
  if (input !== undefined && input !== null && !field.outputOnly) {
    return withPriorComputed(field, normalize(field, input), prior ?? null);
  }
  if (field.computed || field.outputOnly) {
    return isNew ? UNKNOWN : (prior ?? null);
  }
  const fallback = "default" in field ? field.default : undefined;
  return fallback ?? emptyValue(field);
}

/** A free host port that the engine chose stays when the program does not give one. */
function withPriorComputed(field: Field, value: Value, prior: Value): Value {
  if (field.kind !== "blockList" || !Array.isArray(value)) {
    return value;
  }
  const computed = Object.entries(field.fields).filter(([, inner]) => inner.computed);
  return value.map((item, i) => {
    const old = Array.isArray(prior) ? prior[i] : undefined;
    if (!isProps(item) || !isProps(old)) {
      return item;
    }
    const kept = computed.filter(([name]) => isZero(item[name] ?? null)).map(([name]) => [name, old[name] ?? null]);
    return { ...item, ...Object.fromEntries(kept) };
  });
}

/** Every difference between the state and what is planned. */
export function changes(fields: Fields, state: Props, plan: Props): Change[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const old = normalize(field, state[name] ?? null);
    const wanted = plan[name] ?? null;
    if (field.outputOnly || same(field, old, wanted)) {
      return [];
    }
    const found = locate(field, old, wanted, name);
    return found.map((change) => ({ ...change, property: name, replace: field.replace === true }));
  });
}

function same(field: Field, old: Value, wanted: Value): boolean {
  if (hasUnknown(wanted)) {
    return false;
  }
  return (isZero(old) && isZero(wanted)) || sameValue(old, wanted) || field.suppress?.(old, wanted) === true;
}

type Located = Pick<Change, "path" | "kind">;

function locate(field: Field, old: Value, wanted: Value, path: string): Located[] {
  if (isZero(old)) {
    return [{ path, kind: "add" }];
  }
  if (isZero(wanted)) {
    return [{ path, kind: "delete" }];
  }
  if (wanted instanceof Unknown) {
    return [{ path, kind: "update" }];
  }
  const found =
    Array.isArray(old) && Array.isArray(wanted) ? inArray(field, old, wanted, path) : inObject(old, wanted, path);
  return found.length === 0 ? [{ path, kind: "update" }] : found;
}

/** Lists differ place by place, sets by what is gone and what is new. */
function inArray(field: Field, old: Value[], wanted: Value[], path: string): Located[] {
  if (field.kind === "set" || field.kind === "blockSet") {
    const gone = old.flatMap((item, i) => (wanted.some((other) => sameValue(item, other)) ? [] : [`${path}[${i}]`]));
    const added = wanted.flatMap((item, i) => (old.some((other) => sameValue(item, other)) ? [] : [`${path}[${i}]`]));
    return [...new Set([...gone, ...added])].map((place) => ({
      path: place,
      kind: gone.includes(place) ? (added.includes(place) ? "update" : "delete") : "add",
    }));
  }
  return Array.from({ length: Math.max(old.length, wanted.length) }, (_, i) => i).flatMap((i) =>
    located(old[i], wanted[i], `${path}[${i}]`),
  );
}

function inObject(old: Value, wanted: Value, path: string): Located[] {
  if (!isProps(old) || !isProps(wanted)) {
    return [];
  }
  return [...new Set([...Object.keys(old), ...Object.keys(wanted)])]
    .sort()
    .flatMap((key) => located(old[key], wanted[key], /^\w+$/.test(key) ? `${path}.${key}` : `${path}["${key}"]`));
}

function located(old: Value | undefined, wanted: Value | undefined, path: string): Located[] {
  if (old === undefined) {
    return [{ path, kind: "add" }];
  }
  if (wanted === undefined) {
    return [{ path, kind: "delete" }];
  }
  return sameValue(old, wanted) ? [] : [{ path, kind: "update" }];
}

/**
 * Whether a replacement must delete the old resource first: a resource type can ask for it, and a name that the program
 * chose can't be given twice.
 */
export function deletesFirst(fields: Fields, always: boolean, inputs: Props): boolean {
  const defaults = inputs.__defaults;
  if (always || !Array.isArray(defaults)) {
    return always;
  }
  return Object.entries(fields).some(
    ([name, field]) => "autoName" in field && field.autoName && Object.hasOwn(inputs, name) && !defaults.includes(name),
  );
}
