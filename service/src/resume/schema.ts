import type { ErrorObject } from "ajv";
import type { Fault } from "../content.ts";
import { validate } from "./compiled-schema.ts";
import { describe } from "./fields.ts";

const nouns: Readonly<Record<string, string>> = {
  string: "a text",
  array: "a list",
  object: "an object",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
};

const formatNames: Readonly<Record<string, string>> = {
  uri: "a full web address",
  email: "an e-mail address",
};

/** Validates against the official JSON Resume schema, which includes fields that the site doesn't show. */
export function checkSchema(source: unknown): readonly Fault[] {
  if (validate(source)) {
    return [];
  }
  return (validate.errors ?? []).map((error) => ({
    field: fieldName(error.instancePath),
    problem: sentence(error, valueAt(source, error.instancePath)),
  }));
}

function sentence(error: ErrorObject, value: unknown): string {
  const params: Readonly<Record<string, unknown>> = error.params;
  const text = typeof value === "string" ? `is "${value}"` : `is ${describe(value)}`;
  switch (error.keyword) {
    case "type":
      return `must be ${nouns[String(params.type)] ?? params.type}, but is ${describe(value)}`;
    case "format":
      return `${text}, but must be ${formatNames[String(params.format)] ?? params.format}`;
    case "pattern":
      return `${text}, but must be a date (YYYY, YYYY-MM or YYYY-MM-DD)`;
    default:
      return error.message ?? "does not match the schema";
  }
}

/** "/work/0/startDate" as "work[0].startDate". */
function fieldName(pointer: string): string {
  return segments(pointer).reduce((name, part) => {
    if (/^\d+$/.test(part)) {
      return `${name}[${part}]`;
    }
    return name === "" ? part : `${name}.${part}`;
  }, "");
}

function valueAt(source: unknown, pointer: string): unknown {
  let value = source;
  for (const part of segments(pointer)) {
    value =
      typeof value === "object" && value !== null
        ? Object.entries(value).find(([key]) => key === part)?.[1]
        : undefined;
  }
  return value;
}

function segments(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}
