/** Names for objects whose program gives none, and namespaces. */
import { autoName } from "../lib/auto-name.ts";
import type { CheckRequest } from "../lib/check.ts";
import { hasUnknown, isProps, type Props, Unknown } from "../lib/values.ts";
import { autonamed, isTrue } from "./annotations.ts";
import { at, textAt, withValueAt } from "./object.ts";

/** Kubernetes says itself when a name is too long, and for which kind. */
const rules = { digits: 8, maxLength: Number.POSITIVE_INFINITY };

/** The inputs with a name: their own, the one that the object was given before, or a new one, marked by an annotation. */
export function named(inputs: Props, { urn, olds, seed, proposal }: Omit<CheckRequest, "news">): Props {
  const metadata = inputs.metadata;
  if (
    hasUnknown(at(metadata, "name")) ||
    hasUnknown(at(metadata, "generateName")) ||
    (metadata && !isProps(metadata))
  ) {
    return inputs;
  }
  if (textAt(metadata, "name") !== "") {
    return inputs;
  }
  if (olds !== undefined && textAt(olds, "metadata", "name") !== "") {
    return isTrue(olds, autonamed) ? withAutoName(inputs, textAt(olds, "metadata", "name")) : renamed();
  }
  return renamed();

  function renamed(): Props {
    return textAt(metadata, "generateName") === ""
      ? withAutoName(inputs, autoName(urn, seed, proposal, rules))
      : inputs;
  }
}

function withAutoName(inputs: Props, name: string): Props {
  const withName = withValueAt(inputs, ["metadata", "name"], name);
  // Annotations that are not known yet can't be added to.
  return at(inputs, "metadata", "annotations") instanceof Unknown
    ? withName
    : withValueAt(withName, ["metadata", "annotations", autonamed], "true");
}
