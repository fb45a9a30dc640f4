/** What differs between the live object and what the program wants. */
import type { Change, ChangeKind } from "../lib/plan.ts";
import { isProps, type Props, sameValue, type Value } from "../lib/values.ts";
import { isSameAmount } from "./quantity.ts";
import { replaces } from "./replace-rules.ts";

type Path = readonly (string | number)[];
type Rules = Parameters<typeof replaces>[0];

/**
 * The changes that make the inputs of what there is, item by item; a value that is not known yet counts as changed.
 * @param before the live object, pruned to the old inputs.
 */
export function diffObjects(before: Props, after: Props, rules: Rules): Change[] {
  const changes: Change[] = [];
  compareProps([], before, after);
  return changes;

  function compareProps(path: Path, old: Props, wanted: Props): void {
    for (const key of new Set([...Object.keys(old), ...Object.keys(wanted)])) {
      compare([...path, key], old[key], wanted[key]);
    }
  }

  function compare(path: Path, old: Value | undefined, wanted: Value | undefined): void {
    if (isNothing(old) && isNothing(wanted)) {
      return;
    }
    if (isNothing(wanted)) {
      note(path, "delete", undefined);
    } else if (isNothing(old)) {
      note(path, "add", wanted);
    } else if (isProps(old) && isProps(wanted)) {
      compareProps(path, old, wanted);
    } else if (Array.isArray(old) && Array.isArray(wanted)) {
      for (let i = 0; i < Math.max(old.length, wanted.length); i += 1) {
        compare([...path, i], old[i], wanted[i]);
      }
    } else if (!sameValue(old, wanted) && !isSameAmount(path, old, wanted)) {
      note(path, "update", wanted);
    }
  }

  function note(path: Path, kind: ChangeKind, value: Value | undefined): void {
    const replace = replaces(rules, path, value) || (kind === "delete" && path.length === 1 && path[0] === "metadata");
    changes.push({ path: pathText(path), property: String(path[0]), kind, replace });
  }
}

function isNothing(value: Value | undefined): value is null | undefined {
  return value === undefined || value === null;
}

/** A path as Pulumi writes it: `spec.ports[0].port`, `data["redis.conf"]`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") {
      return `${text}[${step}]`;
    }
    if (/[."[\]]/.test(step)) {
      return `${text}["${step.replaceAll('"', '\\"')}"]`;
    }
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

/** The steps of a path that was written as Pulumi does; the inverse of pathText. `*` stands for every item. */
export function parsePath(text: string): (string | number)[] {
  const steps: (string | number)[] = [];
  for (const [, quoted, index, plain] of text.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g)) {
    if (quoted !== undefined) {
      steps.push(quoted.replaceAll('\\"', '"'));
    } else if (index !== undefined) {
      steps.push(index === "*" ? "*" : Number(index));
    } else if (plain !== undefined) {
      steps.push(plain);
    }
  }
  return steps;
}

/** The changes that lie outside of the paths that the program wants to be ignored. */
export function withoutIgnored(changes: Change[], ignoreChanges: readonly string[]): Change[] {
  const ignored = ignoreChanges.map(parsePath);
  return changes.filter((change) => {
    const path = parsePath(change.path);
    return !ignored.some(
      (prefix) => prefix.length <= path.length && prefix.every((step, i) => step === "*" || step === path[i]),
    );
  });
}
