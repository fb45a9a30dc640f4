/** Diff: what a change of inputs means for a resource, by Terraform's rules. */
import { comparable, normalize, normalizeObject } from "./normalize.ts";
import { type BlockField, emptyValue, type Field, type Fields, isZero } from "./schema.ts";
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
 * @param state undefined for a new resource.
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
    return withComputed(field, normalize(field, input), prior ?? null, isNew);
  }
  if (field.computed || field.outputOnly) {
    return isNew ? UNKNOWN : (prior ?? null);
  }
  const fallback = "default" in field ? field.default : undefined;
  return fallback ?? emptyValue(field);
}

/** In a list of objects the engine can fill in a property too: a free host port that it chose stays. */
function withComputed(field: Field, value: Value, prior: Value, isNew: boolean): Value {
  if (field.kind !== "blockList" || !Array.isArray(value)) {
    return value;
  }
  const computed = Object.keys(field.fields).filter((name) => field.fields[name]?.computed);
  return value.map((item, i) => {
    const old = Array.isArray(prior) ? prior[i] : undefined;
    if (!isProps(item)) {
      return item;
    }
    const open = computed.filter((name) => isZero(item[name] ?? null));
    const filled = open.map((name) => [name, isProps(old) ? (old[name] ?? null) : isNew ? UNKNOWN : null]);
    return { ...item, ...Object.fromEntries(filled) };
  });
}

/**
 * Every difference between the state and what is planned.
 * @param inputs give the places in sets, whose order means nothing.
 */
export function changes(fields: Fields, state: Props, plan: Props, inputs: Props): Change[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const old = normalize(field, state[name] ?? null);
    const wanted = plan[name] ?? null;
    if (field.outputOnly || same(field, old, wanted, inputs[name] ?? null)) {
      return [];
    }
    return locate(field, old, wanted, inputs[name] ?? null, name).map((change) => ({
      ...change,
      property: name,
      replace: field.replace === true,
    }));
  });
}

function same(field: Field, old: Value, wanted: Value, input: Value): boolean {
  if (hasUnknown(wanted)) {
    // Terraform treats an unknown set that the engine can fill in as not given. Only previews differ by it.
    const isSet = field.kind === "set" || field.kind === "blockSet";
    return isSet && field.computed === true && input instanceof Unknown;
  }
  return (
    (isZero(old) && isZero(wanted)) ||
    sameValue(comparable(field, old), comparable(field, wanted)) ||
    field.suppress?.(old, wanted) === true
  );
}

type Located = Pick<Change, "path" | "kind">;

function locate(field: Field, old: Value, wanted: Value, input: Value, path: string): Located[] {
  const whole: Located[] = [{ path, kind: kindOf(old, wanted) }];
  if (field.kind === "map") {
    return whole[0]?.kind === "add" || hasUnknown(wanted) ? whole : orWhole(inside(old, wanted, path), whole);
  }
  if (whole[0]?.kind !== "update" || wanted instanceof Unknown) {
    return whole;
  }
  if (field.kind === "set" || field.kind === "blockSet") {
    return orWhole(inSet(field, old, wanted, input, path), whole);
  }
  return orWhole(inside(old, wanted, path), whole);
}

function orWhole(found: Located[], whole: Located[]): Located[] {
  return found.length === 0 ? whole : found;
}

function kindOf(old: Value | undefined, wanted: Value | undefined): ChangeKind {
  return isNothing(old) ? "add" : isNothing(wanted) ? "delete" : "update";
}

/** Nothing at all, other than a zero or an empty text. */
function isNothing(value: Value | undefined): boolean {
  return value === undefined || value === null || (typeof value === "object" && isZero(value));
}

/** A removed element is named by its place in the state, a new one by its place in the program. */
function inSet(field: Field, old: Value, wanted: Value, input: Value, path: string): Located[] {
  if (!Array.isArray(old) || !Array.isArray(wanted) || !Array.isArray(input)) {
    return [];
  }
  if ("fields" in field && !input.every((item) => isComplete(field, item))) {
    return [];
  }
  const given = input.map((item) =>
    "fields" in field && isProps(item) ? normalizeObject(field.fields, item, true) : item,
  );
  const one = (item: Value) => comparable(field, [item]);
  const has = (items: Value[], item: Value) => items.some((other) => sameValue(one(item), one(other)));
  const places = Array.from({ length: Math.max(old.length, input.length) }, (_, i) => i);
  return places.flatMap((i): Located[] => {
    const [gone, added] = [old[i], given[i]];
    const isGone = gone !== undefined && !has(wanted, gone);
    const isAdded = added !== undefined && !has(old, added);
    const place = `${path}[${i}]`;
    if (isGone && isAdded) {
      return orWhole(inside(gone, added, place), [{ path: place, kind: "update" }]);
    }
    return isGone ? [{ path: place, kind: "delete" }] : isAdded ? [{ path: place, kind: "add" }] : [];
  });
}

/** Only elements that the program gives in full can be found again in the plan. */
function isComplete(field: BlockField, item: Value): boolean {
  return isProps(item) && Object.keys(field.fields).every((name) => Object.hasOwn(item, name));
}

/** The places inside a list or an object that differ. */
function inside(old: Value, wanted: Value, path: string): Located[] {
  if (wanted instanceof Unknown || (Array.isArray(wanted) && wanted.some((item) => item instanceof Unknown))) {
    return [];
  }
  const [before, after] = [children(old), children(wanted)];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((key): Located[] => {
    const [a, b] = [before.get(key), after.get(key)];
    if (a !== undefined && b !== undefined && (sameValue(a, b) || (isZero(a) && isZero(b)))) {
      return [];
    }
    const whole: Located = { path: path + key, kind: kindOf(a, b) };
    return whole.kind === "update" && a !== undefined && b !== undefined
      ? orWhole(inside(a, b, path + key), [whole])
      : [whole];
  });
}

/** The parts of a value by how a path names them. */
function children(value: Value): Map<string, Value> {
  if (Array.isArray(value)) {
    return new Map(value.map((item, i) => [`[${i}]`, item]));
  }
  const entries = isProps(value) ? Object.entries(value) : [];
  return new Map(entries.map(([key, item]) => [/^\w+$/.test(key) ? `.${key}` : `["${key}"]`, item]));
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
