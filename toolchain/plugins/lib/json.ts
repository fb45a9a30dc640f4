/** JSON text as property values. */
import type { Props, Value } from "./values.ts";

/** @throws SyntaxError when the text is no JSON. */
export function parseJson(text: string): Value {
  const parsed: unknown = JSON.parse(text);
  return fromJson(parsed);
}

/** What JSON.parse gives as a property value. */
export function fromJson(json: unknown): Value {
  if (json === null || typeof json === "string" || typeof json === "number" || typeof json === "boolean") {
    return json;
  }
  if (Array.isArray(json)) {
    return json.map(fromJson);
  }
  if (typeof json !== "object") {
    throw new Error(`a value of type ${typeof json} is no JSON`);
  }
  const props: Props = {};
  for (const [key, value] of Object.entries(json)) {
    props[key] = fromJson(value);
  }
  return props;
}
