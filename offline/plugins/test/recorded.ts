/** Recordings of the official plugin and of the bridge it is made with, and how tests read them. */
import { readFileSync } from "node:fs";
import { isProps, type Props, UNKNOWN, type Value } from "../lib/values.ts";

/** A recording in test/reference; `{"$unknown": true}` stands for a value that is not known yet. */
export function recorded(name: string): Props {
  const text = readFileSync(new URL(`reference/${name}`, import.meta.url), "utf8");
  return props(toValue(JSON.parse(text)));
}

/** A recording that is a list. */
export function recordedList(name: string): Props[] {
  const text = readFileSync(new URL(`reference/${name}`, import.meta.url), "utf8");
  return list(toValue(JSON.parse(text)));
}

export function props(value: Value | undefined): Props {
  if (!isProps(value)) {
    throw new Error("the recording has no object here");
  }
  return value;
}

export function list(value: Value | undefined): Props[] {
  if (!Array.isArray(value)) {
    throw new Error("the recording has no list here");
  }
  return value.map((item) => toProps(item));
}

export function text(value: Value | undefined): string {
  if (typeof value !== "string") {
    throw new Error("the recording has no text here");
  }
  return value;
}

function toProps(value: Value): Props {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error("the recording has no object here");
  }
  return Object.fromEntries(Object.entries(value));
}

function toValue(json: unknown): Value {
  if (json === null || typeof json === "string" || typeof json === "number" || typeof json === "boolean") {
    return json;
  }
  if (Array.isArray(json)) {
    return json.map(toValue);
  }
  if (typeof json !== "object") {
    throw new Error(`no JSON: ${typeof json}`);
  }
  if ("$unknown" in json) {
    return UNKNOWN;
  }
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, toValue(value)]));
}
