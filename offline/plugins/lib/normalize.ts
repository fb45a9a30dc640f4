/** Converts values to the form of the state: complete objects, sets in Terraform's order. */
import { emptyValue, type Field, type Fields, isZero, terraformName } from "./schema.ts";
import { hasUnknown, isProps, type Props, UNKNOWN, type Value } from "./values.ts";

/**
 * Every field of the object: what is given, otherwise the default, otherwise nothing (`null`, or `[]` for blocks).
 * Inside blocks "nothing" is an empty text or collection, and null for the rest, as Terraform keeps it.
 */
export function normalizeObject(fields: Fields, props: Props, inBlock: boolean): Props {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const given = props[name];
      if (given === undefined || given === null) {
        const fallback = "default" in field && field.default !== undefined ? field.default : undefined;
        return [name, fallback ?? (inBlock ? zeroValue(field) : emptyValue(field))];
      }
      return [name, normalize(field, given)];
    }),
  );
}

/** One value in the state's form. */
export function normalize(field: Field, value: Value): Value {
  switch (field.kind) {
    case "set":
      // One unknown element makes the whole set unknown.
      return hasUnknown(value) ? UNKNOWN : Array.isArray(value) ? unique([...value].sort(byText)) : value;
    case "block":
      return isProps(value) ? normalizeObject(field.fields, value, true) : value;
    case "blockList":
    case "blockSet": {
      if (!Array.isArray(value)) {
        return value;
      }
      const items = value.map((item) => (isProps(item) ? normalizeObject(field.fields, item, true) : item));
      return field.kind === "blockSet" && !hasUnknown(items) ? sortBlocks(field.fields, items) : items;
    }
    default:
      return value;
  }
}

/**
 * The value for comparing: inside objects a zero (`0`, `""`, `false`, nothing at all) is the same as none, and a set has
 * one order.
 */
export function comparable(field: Field, value: Value): Value {
  if (!("fields" in field)) {
    return value;
  }
  const object = (item: Value) => (isProps(item) ? comparableObject(field.fields, item) : item);
  if (!Array.isArray(value)) {
    return object(value);
  }
  const items = value.map(object);
  return field.kind === "blockSet" && !hasUnknown(items)
    ? items.sort((a, b) => byText(JSON.stringify(a), JSON.stringify(b)))
    : items;
}

function comparableObject(fields: Fields, props: Props): Props {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const value = comparable(field, props[name] ?? null);
      return [name, isZero(value) ? null : value];
    }),
  );
}

function zeroValue(field: Field): Value {
  switch (field.kind) {
    case "string":
      return "";
    case "int":
    case "bool":
    case "block":
      return null;
    case "map":
      return {};
    default:
      return [];
  }
}

/** Terraform keeps a set of strings sorted, and a set of objects by the bytes of this text (go-cty, set_internals.go). */
function sortBlocks(fields: Fields, items: Value[]): Value[] {
  return unique(
    items
      .map((item) => ({ item, key: hashText(fields, item) }))
      .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
      .map(({ item }) => item),
  );
}

function hashText(fields: Fields, item: Value): string {
  if (!isProps(item)) {
    return scalarText(item);
  }
  const parts = Object.entries(fields)
    .map(([name, field]) => ({ tf: terraformName(name, field), field, value: item[name] ?? null }))
    .sort((a, b) => (a.tf < b.tf ? -1 : 1))
    .map(({ field, value }) => `${fieldText(field, value)};`);
  return `<${parts.join("")}>`;
}

function fieldText(field: Field, value: Value): string {
  if (field.kind === "block") {
    return value === null ? "[]" : `[${hashText(field.fields, value)};]`;
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => ("fields" in field ? hashText(field.fields, item) : scalarText(item)));
    return `[${items.map((item) => `${item};`).join("")}]`;
  }
  if (isProps(value)) {
    const entries = Object.entries(value).sort(([a], [b]) => byText(a, b));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${scalarText(item)};`).join("")}}`;
  }
  return scalarText(value);
}

function scalarText(value: Value): string {
  if (typeof value === "boolean") {
    return value ? "T" : "F";
  }
  return value === null ? "~" : typeof value === "number" ? String(value) : JSON.stringify(value);
}

function byText(a: Value, b: Value): number {
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

function unique(sorted: Value[]): Value[] {
  return sorted.filter((item, i) => i === 0 || JSON.stringify(item) !== JSON.stringify(sorted[i - 1]));
}
