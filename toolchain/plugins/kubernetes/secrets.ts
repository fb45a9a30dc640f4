/** Which parts of an object are secret, and keeping them out of messages. */
import { isProps, type Props, Secret, type Value } from "../lib/values.ts";

/** Shorter texts would be found by chance in any message. */
const shortestHidden = 6;

/**
 * A copy of an object with what is secret marked: a Secret's data always, and whatever the inputs mark. A list is secret
 * as a whole when one of its items is.
 */
export function markSecrets(object: Props, marked: Props): Props {
  const copy: Props = {};
  for (const [key, value] of Object.entries(object)) {
    const isSecretData = object.kind === "Secret" && (key === "data" || key === "stringData");
    copy[key] = isSecretData ? secret(value) : markValue(value, marked[key]);
  }
  return copy;
}

function markValue(value: Value, marked: Value | undefined): Value {
  if (isProps(value) && isProps(marked)) {
    return markSecrets(value, marked);
  }
  return hasSecret(marked) ? secret(value) : value;
}

function secret(value: Value): Secret {
  return value instanceof Secret ? value : new Secret(value);
}

/** A message without the secrets of the inputs, plain or in base64. */
export function withoutSecretTexts(message: string, inputs: Props): string {
  return secretTexts(inputs, inputs.kind === "Secret")
    .filter((text) => text.length >= shortestHidden)
    .reduce((hidden, text) => hidden.replaceAll(text, "[secret]"), message);
}

function secretTexts(value: Value | undefined, isSecret: boolean): string[] {
  if (value instanceof Secret) {
    return secretTexts(value.value, true);
  }
  if (Array.isArray(value)) {
    return value.flatMap((item) => secretTexts(item, isSecret));
  }
  if (isProps(value)) {
    return Object.entries(value).flatMap(([key, item]) =>
      secretTexts(item, value.kind === "Secret" ? key === "data" || key === "stringData" : isSecret),
    );
  }
  if (!isSecret || typeof value !== "string") {
    return [];
  }
  return [value, Buffer.from(value, "base64").toString("utf8")];
}

/** Whether anything in the value is marked as secret. */
export function hasSecret(value: Value | undefined): boolean {
  if (value instanceof Secret) {
    return true;
  }
  if (Array.isArray(value)) {
    return value.some(hasSecret);
  }
  return isProps(value) && Object.values(value).some(hasSecret);
}
