/** Inputs as the API server will understand them. */
import { isProps, mapProps, type Props, Secret, Unknown, type Value } from "../lib/values.ts";
import { withValueAt } from "./object.ts";

/** What only the server writes; a program that gives it (from a copied manifest) is not listened to. */
export const serverMetadata = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
] as const;

/** Inputs without nulls and without what only the server writes, a Secret's texts as data. Marks of secrets stay. */
export function normalizeInputs(inputs: Props): Props {
  const clean = isProps(inputs) ? withoutNulls(inputs) : {};
  const own = serverMetadata.reduce((object, key) => withValueAt(object, ["metadata", key], undefined), clean);
  return own.kind === "Secret" && own.apiVersion === "v1" ? withDataOnly(own) : own;
}

function withoutNulls(props: Props): Props {
  const kept: Props = {};
  for (const [key, value] of Object.entries(props)) {
    if (value !== null) {
      kept[key] = valueWithoutNulls(value);
    }
  }
  return kept;
}

function valueWithoutNulls(value: Value): Value {
  if (value instanceof Secret) {
    return new Secret(valueWithoutNulls(value.value));
  }
  if (Array.isArray(value)) {
    return value.map(valueWithoutNulls);
  }
  return isProps(value) ? withoutNulls(value) : value;
}

/** The server never gives `stringData` back, it writes it over `data` in base64. So do we, when all of it is known. */
function withDataOnly(secret: Props): Props {
  const texts = secret.stringData instanceof Secret ? secret.stringData.value : secret.stringData;
  const data = secret.data instanceof Secret ? secret.data.value : (secret.data ?? {});
  if (!isProps(texts) || !isProps(data) || Object.keys(texts).length === 0) {
    return secret;
  }
  const { stringData: _texts, ...others } = secret;
  const isMarked = secret.stringData instanceof Secret || secret.data instanceof Secret;
  const all = { ...data, ...mapProps(texts, encoded) };
  return { ...others, data: isMarked ? new Secret(all) : all };
}

function encoded(value: Value): Value {
  if (value instanceof Secret) {
    return new Secret(encoded(value.value));
  }
  return value instanceof Unknown ? value : Buffer.from(String(value), "utf8").toString("base64");
}
