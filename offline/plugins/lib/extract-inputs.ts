/** Derives inputs from a resource's present outputs, for `refresh` and for `import`. */
import { type Field, type Fields, isZero } from "./schema.ts";
import { isProps, type Props, sameValue, type Value } from "./values.ts";

const defaultsKey = "__defaults";

/** Refresh: the inputs that are in the state, with their present values. Nothing is added. */
export function refreshedInputs(fields: Fields, inputs: Props, outputs: Props): Props {
  return dropEmptyDefaults(refreshObject(fields, inputs, outputs).value);
}

interface Refreshed<T> {
  value: T;
  unchanged: boolean;
}

function refreshObject(fields: Fields, inputs: Props, outputs: Props): Refreshed<Props> {
  const value: Props = {};
  const defaults = inputs[defaultsKey];
  const changed = new Set<string>();
  for (const [name, old] of Object.entries(inputs)) {
    if (name === defaultsKey) {
      continue;
    }
    const now = outputs[name];
    if (now === undefined) {
      changed.add(name);
      continue;
    }
    const refreshed = refreshValue(fields[name], old, now);
    value[name] = refreshed.value;
    if (!refreshed.unchanged) {
      changed.add(name);
    }
  }
  if (Array.isArray(defaults)) {
    value[defaultsKey] = defaults.filter((name) => typeof name === "string" && !changed.has(name));
  }
  return { value, unchanged: changed.size === 0 };
}

function refreshValue(field: Field | undefined, old: Value, now: Value): Refreshed<Value> {
  if (Array.isArray(old) && Array.isArray(now)) {
    const places = field?.kind === "blockSet" ? matchSet(old, now) : old.map((_, i) => i);
    const items = old.flatMap((item, i) => {
      const place = places[i];
      const current = place === undefined ? undefined : now[place];
      return current === undefined ? [] : [refreshItem(field, item, current)];
    });
    return {
      value: items.map((item) => item.value),
      unchanged: items.length === old.length && items.every((item) => item.unchanged),
    };
  }
  return refreshItem(field, old, now);
}

function refreshItem(field: Field | undefined, old: Value, now: Value): Refreshed<Value> {
  if (isProps(old) && isProps(now)) {
    if (field !== undefined && "fields" in field) {
      return refreshObject(field.fields, old, now);
    }
    const kept = Object.keys(old).filter((key) => Object.hasOwn(now, key));
    const value = Object.fromEntries(kept.map((key) => [key, now[key] ?? null]));
    return { value, unchanged: sameValue(old, value) };
  }
  return { value: now, unchanged: sameValue(old, now) };
}

/** Pairs set elements by how much they have in common; the order in a set means nothing. */
function matchSet(old: Value[], now: Value[]): (number | undefined)[] {
  const candidates = old
    .flatMap((a, i) => now.map((b, j) => ({ i, j, score: commonness(a, b) })))
    .sort((a, b) => b.score - a.score);
  const places: (number | undefined)[] = old.map(() => undefined);
  const used = new Set<number>();
  for (const { i, j } of candidates) {
    if (places[i] === undefined && !used.has(j)) {
      places[i] = j;
      used.add(j);
    }
  }
  return places;
}

function commonness(a: Value, b: Value): number {
  if (!isProps(a) || !isProps(b)) {
    return sameValue(a, b) ? 1 : 0;
  }
  return Object.entries(a)
    .filter(([key]) => Object.hasOwn(b, key))
    .reduce((sum, [key, value]) => sum + 1 + (sameValue(value, b[key] ?? null) ? 2 : 0), 0);
}

function dropEmptyDefaults(props: Props): Props {
  return Object.fromEntries(
    Object.entries(props).flatMap(([key, value]) => {
      if (key === defaultsKey && Array.isArray(value) && value.length === 0) {
        return [];
      }
      return [[key, dropInside(value)]];
    }),
  );
}

function dropInside(value: Value): Value {
  if (Array.isArray(value)) {
    return value.map(dropInside);
  }
  return isProps(value) ? dropEmptyDefaults(value) : value;
}

/** Import: every input that differs from its default, so that the program written from it shows no change. */
export function importedInputs(fields: Fields, outputs: Props): Props {
  const inputs: Props = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = importedValue(field, outputs[name] ?? null);
    if (!field.outputOnly && (field.required || !isDefault(field, value))) {
      inputs[name] = value;
    }
  }
  inputs[defaultsKey] = [];
  return inputs;
}

function importedValue(field: Field, value: Value): Value {
  if ("fields" in field) {
    const convert = (item: Value) => (isProps(item) ? importedInputs(field.fields, item) : item);
    return Array.isArray(value) ? value.map(convert) : convert(value);
  }
  return field.kind === "map" && isProps(value) ? { ...value, [defaultsKey]: [] } : value;
}

function isDefault(field: Field, value: Value): boolean {
  if ("default" in field && field.default !== undefined) {
    return value === null || value === field.default;
  }
  if (isProps(value)) {
    const keys = Object.keys(value);
    return keys.length === 0 || (keys.length === 1 && keys[0] === defaultsKey);
  }
  return isZero(value);
}
