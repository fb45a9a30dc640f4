/** The part of a live object that the program has a say in. */
import { isProps, type Props, type Value } from "../lib/values.ts";
import { isSameAmount } from "./quantity.ts";

type Path = readonly (string | number)[];

/**
 * The live object with only what the inputs have as well, so that the server's own additions don't count as changes.
 * Where both mean the same, the input's way of writing it stays: another spelling of an amount, and a false, 0 or empty
 * value that the server leaves out.
 */
export function prune(live: Props, inputs: Props, path: Path = []): Props {
  const pruned: Props = {};
  for (const [key, input] of Object.entries(inputs)) {
    const value = live[key];
    if (value !== undefined && value !== null) {
      pruned[key] = pruneValue(value, input, [...path, key]);
    } else if (isEmpty(input)) {
      pruned[key] = input;
    }
  }
  return pruned;
}

function pruneValue(live: Value, input: Value, path: Path): Value {
  if (isProps(live) && isProps(input)) {
    return prune(live, input, path);
  }
  if (Array.isArray(live) && Array.isArray(input)) {
    return live.slice(0, input.length).map((item, index) => pruneValue(item, input[index] ?? null, [...path, index]));
  }
  return isSameAmount(path, live, input) ? input : live;
}

/** A value that the server may leave out because it is the type's zero. */
export function isEmpty(value: Value): boolean {
  return (
    value === false ||
    value === 0 ||
    value === "" ||
    (Array.isArray(value) && value.length === 0) ||
    (isProps(value) && Object.values(value).every(isEmpty))
  );
}
