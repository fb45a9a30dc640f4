/**
 * Property values as the engine and the plugins exchange them: JSON plus two things JSON has not,
 * values that are not known yet (previews) and secrets. The wire form is google.protobuf.Struct with sentinels.
 */
import structPb from "google-protobuf/google/protobuf/struct_pb.js";

/** A value that will only be known after something else has been created or changed. */
export class Unknown {
  readonly kind = "unknown";
}

/** A value that the engine encrypts in the state and hides in its output. */
export class Secret {
  readonly kind = "secret";
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}

export type Value = null | boolean | number | string | Unknown | Secret | Value[] | Props;
export interface Props {
  [key: string]: Value;
}

export const UNKNOWN = new Unknown();

const unknownSentinel = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknownSentinels = new Set([
  unknownSentinel,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const otherSignatures = new Map([
  ["c44067f5952c0a294b673a41bacd8c17", "an asset"],
  ["0def7320c3a5731c473e5ecbe6d01bc7", "an archive"],
  ["5cf8f73096256a8f31e491e813e4eb8e", "a resource reference"],
]);

/** True for a plain object, which is neither an array nor one of the special values. */
export function isProps(value: Value | undefined): value is Props {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof Secret)
  );
}

/** True when the value is an unknown, or holds one at any depth. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value === undefined || value === null || typeof value !== "object") {
    return false;
  }
  if (value instanceof Unknown) {
    return true;
  }
  if (value instanceof Secret) {
    return hasUnknown(value.value);
  }
  return Array.isArray(value) ? value.some(hasUnknown) : Object.values(value).some(hasUnknown);
}

/** The value with every secret replaced by what it holds. */
export function withoutSecrets(value: Value): Value {
  if (value instanceof Secret) {
    return withoutSecrets(value.value);
  }
  if (Array.isArray(value)) {
    return value.map(withoutSecrets);
  }
  return isProps(value) ? mapProps(value, withoutSecrets) : value;
}

/** A copy of an object with each value replaced. */
export function mapProps(props: Props, change: (value: Value) => Value): Props {
  return Object.fromEntries(Object.entries(props).map(([key, value]) => [key, change(value)]));
}

/** Same content, regardless of the order of keys. Unknowns equal nothing, not even themselves. */
export function sameValue(a: Value, b: Value): boolean {
  if (a instanceof Unknown || b instanceof Unknown) {
    return false;
  }
  if (a instanceof Secret || b instanceof Secret) {
    return sameValue(a instanceof Secret ? a.value : a, b instanceof Secret ? b.value : b);
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((x, i) => sameValue(x, b[i] ?? null))
    );
  }
  if (isProps(a) && isProps(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key] ?? null, b[key] ?? null))
    );
  }
  return a === b;
}

/** Reads the wire form. Assets, archives and resource references are refused: no resource here takes them. */
export function fromStruct(struct: structPb.Struct | undefined): Props {
  const props: Props = {};
  struct?.getFieldsMap().forEach((value, key) => {
    props[key] = fromWire(value);
  });
  return props;
}

function fromWire(value: structPb.Value): Value {
  switch (value.getKindCase()) {
    case structPb.Value.KindCase.STRING_VALUE: {
      const text = value.getStringValue();
      return unknownSentinels.has(text) ? UNKNOWN : text;
    }
    case structPb.Value.KindCase.NUMBER_VALUE:
      return value.getNumberValue();
    case structPb.Value.KindCase.BOOL_VALUE:
      return value.getBoolValue();
    case structPb.Value.KindCase.LIST_VALUE:
      return (value.getListValue()?.getValuesList() ?? []).map(fromWire);
    case structPb.Value.KindCase.STRUCT_VALUE:
      return fromWireObject(fromStruct(value.getStructValue()));
    default:
      return null;
  }
}

function fromWireObject(props: Props): Value {
  const signature = props[signatureKey];
  if (typeof signature !== "string") {
    return props;
  }
  if (signature === secretSignature) {
    return new Secret(props.value ?? null);
  }
  if (signature === outputSignature) {
    const inner = props.value ?? UNKNOWN;
    return props.secret === true ? new Secret(inner) : inner;
  }
  throw new Error(`${otherSignatures.get(signature) ?? "a value of an unknown kind"} is not accepted as an input`);
}

/** Writes the wire form. */
export function toStruct(props: Props): structPb.Struct {
  const struct = new structPb.Struct();
  const fields = struct.getFieldsMap();
  for (const [key, value] of Object.entries(props)) {
    fields.set(key, toWire(value));
  }
  return struct;
}

function toWire(value: Value): structPb.Value {
  const wire = new structPb.Value();
  if (value === null) {
    wire.setNullValue(structPb.NullValue.NULL_VALUE);
  } else if (typeof value === "string") {
    wire.setStringValue(value);
  } else if (typeof value === "number") {
    wire.setNumberValue(value);
  } else if (typeof value === "boolean") {
    wire.setBoolValue(value);
  } else if (value instanceof Unknown) {
    wire.setStringValue(unknownSentinel);
  } else if (value instanceof Secret) {
    wire.setStructValue(toStruct({ [signatureKey]: secretSignature, value: value.value }));
  } else if (Array.isArray(value)) {
    const list = new structPb.ListValue();
    list.setValuesList(value.map(toWire));
    wire.setListValue(list);
  } else {
    wire.setStructValue(toStruct(value));
  }
  return wire;
}
