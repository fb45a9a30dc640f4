import { isRecord } from "./fields.ts";

/** JSON without the fields of the given names: "work.url" is that of every entry, "work[0].url" that of the first. */
export function withoutFields(source: unknown, names: readonly string[]): unknown {
  return names.reduce(
    (rest, name) =>
      without(
        rest,
        name.split(/[.[\]]+/).filter((part) => part !== ""),
      ),
    source,
  );
}

function without(value: unknown, [part, ...others]: readonly string[]): unknown {
  if (part === undefined) {
    return undefined;
  }
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return /^\d+$/.test(part)
      ? items.map((item, index) => (index === Number(part) ? without(item, others) : item))
      : items.map((item) => without(item, [part, ...others]));
  }
  return isRecord(value) && part in value ? { ...value, [part]: without(value[part], others) } : value;
}
