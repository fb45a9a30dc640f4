/** Fields that several docker resource types share, and typed ways to read values. */
import type { BlockField, Fields } from "../lib/schema.ts";
import { isProps, type Props, type Value } from "../lib/values.ts";

const labelFields = {
  label: { kind: "string", required: true, replace: true },
  value: { kind: "string", required: true, replace: true },
} as const satisfies Fields;

export const labels: BlockField = { kind: "blockSet", fields: labelFields, replace: true };

/** `[{label, value}]` from the engine's map. */
export function labelsFromMap(map: Record<string, string> | null | undefined): Value {
  return Object.entries(map ?? {}).map(([label, value]) => ({ label, value }));
}

/** The engine's map from `[{label, value}]`. */
export function labelsToMap(value: Value | undefined): Record<string, string> {
  return Object.fromEntries(objects(value).map((label) => [text(label.label), text(label.value)]));
}

export function text(value: Value | undefined): string {
  return typeof value === "string" ? value : "";
}

export function number(value: Value | undefined): number {
  return typeof value === "number" ? value : 0;
}

export function texts(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

export function objects(value: Value | undefined): Props[] {
  return Array.isArray(value) ? value.filter(isProps) : [];
}

export function textMap(value: Value | undefined): Record<string, string> {
  return isProps(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, text(item)])) : {};
}
