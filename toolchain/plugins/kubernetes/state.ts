/** What of an object goes into the stack's state, in the official plugin's form. */
import { isProps, type Props, type Value, withoutSecrets } from "../lib/values.ts";
import { normalizeInputs } from "./normalize.ts";
import { propsAt, textAt, withValueAt } from "./object.ts";
import { markSecrets } from "./secrets.ts";

const inputsKey = "__inputs";
const initialApiVersionKey = "__initialApiVersion";
const fieldManagerKey = "__fieldManager";

/** A state without marks of secrets. */
export interface State {
  inputs: Props;
  /** The object as the server last gave it. */
  live: Props;
  initialApiVersion: string;
  fieldManager: string;
}

export function parseState(state: Props): State {
  const { [inputsKey]: inputs, [initialApiVersionKey]: version, [fieldManagerKey]: manager, ...live } = plain(state);
  return {
    inputs: isProps(inputs) ? inputs : {},
    live,
    initialApiVersion: typeof version === "string" ? version : "",
    fieldManager: typeof manager === "string" ? manager : "",
  };
}

/**
 * The outputs of a resource.
 * @param marked the inputs with the marks of what is secret in them.
 */
export function outputsOf({ inputs, live, initialApiVersion, fieldManager }: State, marked: Props): Props {
  const shown = withValueAt(live, ["metadata", "managedFields"], undefined);
  return {
    ...markSecrets(shown, marked),
    [inputsKey]: markSecrets(inputs, marked),
    [initialApiVersionKey]: initialApiVersion || textAt(inputs, "apiVersion"),
    [fieldManagerKey]: fieldManager,
  };
}

/** A copy without marks of secrets. */
export function plain(props: Props): Props {
  const value: Value = withoutSecrets(props);
  return isProps(value) ? value : {};
}

const serverAnnotations = ["deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"];

/** The inputs that a live object would have come from, for an import. */
export function importedInputs(live: Props): Props {
  const { status: _status, ...wanted } = live;
  const withoutAnnotations = serverAnnotations.reduce(
    (object, name) => withValueAt(object, ["metadata", "annotations", name], undefined),
    wanted,
  );
  const inputs = normalizeInputs(withoutAnnotations);
  const isBare = Object.keys(propsAt(inputs, "metadata", "annotations")).length === 0;
  return isBare ? withValueAt(inputs, ["metadata", "annotations"], undefined) : inputs;
}
