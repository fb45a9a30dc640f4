/**
 * What a resource type takes and gives. The official docker plugin is a Terraform provider behind a bridge, so the rules
 * that show in its state (defaults, sets, single-element blocks, old names) are Terraform's; these types hold them.
 */
import { isProps, type Value } from "./values.ts";

export type Fields = Readonly<Record<string, Field>>;

export type Field = ScalarField | CollectionField | BlockField;

interface FieldBase {
  /** Terraform's name where it isn't the Pulumi name in snake_case. */
  readonly tf?: string;
  /** Without a value a Check fails. */
  readonly required?: true;
  /** The engine fills it in when the program gives nothing. */
  readonly computed?: true;
  /** Only given back, never taken. */
  readonly outputOnly?: true;
  /** A change replaces the resource. */
  readonly replace?: true;
  /** The official plugin takes it, this one refuses it by name. */
  readonly unsupported?: true;
  /** Says why a value is not allowed, or nothing. Never quotes a value that could be a secret. */
  readonly validate?: (value: Value) => string | undefined;
  /** True when a difference between the state and the input means nothing. */
  readonly suppress?: (old: Value, wanted: Value) => boolean;
}

export interface ScalarField extends FieldBase {
  readonly kind: "string" | "int" | "bool";
  readonly default?: string | number | boolean;
  /** Without a value the name is `<resource name>-<7 hex digits>`. */
  readonly autoName?: true;
}

export interface CollectionField extends FieldBase {
  readonly kind: "list" | "set" | "map";
}

/** Objects: a list or a set of them, or (`one`) at most one. */
export interface BlockField extends FieldBase {
  readonly kind: "blockList" | "blockSet" | "block";
  readonly fields: Fields;
}

/** What Terraform means by "nothing" for a field: for blocks an empty collection, otherwise null. */
export function emptyValue(field: Field): Value {
  return field.kind === "blockList" || field.kind === "blockSet" ? [] : null;
}

/** Zero values count as "not set": a state of `0`, `""`, `false`, `[]` or `{}` equals no input at all. */
export function isZero(value: Value): boolean {
  if (value === null || value === "" || value === 0 || value === false) {
    return true;
  }
  return Array.isArray(value) ? value.length === 0 : isProps(value) && Object.keys(value).length === 0;
}

/** The name Terraform gives a field. */
export function terraformName(name: string, field: Field): string {
  return field.tf ?? snakeCase(name);
}

/** `networkMode` becomes `network_mode`. */
export function snakeCase(name: string): string {
  return name.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
