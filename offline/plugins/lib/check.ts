/** Check: completes the program's inputs with defaults and names every input that is not allowed. */
import { autoName, type NameProposal } from "./auto-name.ts";
import { type BlockField, type Field, type Fields, isZero } from "./schema.ts";
import { isProps, type Props, Unknown, type Value } from "./values.ts";

export interface Failure {
  /** Path of the input, like `ports[0].internal`. */
  property: string;
  reason: string;
}

export interface CheckRequest {
  urn: string;
  /** The last inputs in the state, undefined for a new resource. */
  olds: Props | undefined;
  news: Props;
  seed: Uint8Array;
  proposal: NameProposal | undefined;
}

export interface Checked {
  inputs: Props;
  failures: Failure[];
}

const defaultsKey = "__defaults";

/** Checks inputs against the fields and adds the defaults, whose names go into `__defaults` as the official plugin does. */
export function check(fields: Fields, request: CheckRequest): Checked {
  const failures: Failure[] = [];
  const inputs = checkObject(fields, request.news, request.olds ?? {}, "", failures, request);
  return { inputs, failures };
}

function checkObject(
  fields: Fields,
  news: Props,
  olds: Props,
  path: string,
  failures: Failure[],
  request: CheckRequest,
): Props {
  const result: Props = {};
  for (const [name, value] of Object.entries(news)) {
    if (name === defaultsKey || value === null) {
      continue;
    }
    const property = path + name;
    const field = fields[name];
    if (field === undefined || field.outputOnly) {
      failures.push({ property, reason: `unknown property '${property}'` });
    } else if (field.unsupported && !isZero(value)) {
      failures.push({ property, reason: `'${property}' is not supported by the stand-in docker plugin` });
    } else {
      result[name] = checkValue(field, value, olds[name] ?? null, property, failures, request);
    }
  }
  const defaults: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    if (Object.hasOwn(result, name) || failures.some((failure) => failure.property === path + name)) {
      continue;
    }
    const value = defaultValue(name, field, olds, request);
    if (value !== undefined) {
      result[name] = value;
      defaults.push(name);
    } else if (field.required) {
      failures.push({ property: path + name, reason: `Missing required property '${path + name}'` });
    }
  }
  result[defaultsKey] = defaults.sort();
  return result;
}

/**
 * A name that was given or made once stays. Other defaults of an earlier run stay when they were defaults then. Falsy
 * defaults are left out, as the bridge does.
 */
function defaultValue(name: string, field: Field, olds: Props, request: CheckRequest): Value | undefined {
  const automatic = "autoName" in field && field.autoName === true;
  const fixed = "default" in field ? field.default : undefined;
  if (!automatic && fixed === undefined) {
    return undefined;
  }
  const earlier = olds[name];
  const earlierDefaults = olds[defaultsKey];
  if (automatic) {
    return typeof earlier === "string" ? earlier : autoName(request.urn, request.seed, request.proposal);
  }
  if (earlier !== undefined && earlier !== null) {
    if (!Array.isArray(earlierDefaults) || earlierDefaults.includes(name)) {
      return earlier;
    }
  }
  return fixed ? fixed : undefined;
}

function checkValue(
  field: Field,
  value: Value,
  old: Value,
  property: string,
  failures: Failure[],
  request: CheckRequest,
): Value {
  if (value instanceof Unknown) {
    return value;
  }
  const fail = (reason: string) => {
    failures.push({ property, reason });
    return value;
  };
  const checked = checkShape(field, value, old, property, failures, request, fail);
  const reason = failures.some((failure) => failure.property.startsWith(property))
    ? undefined
    : field.validate?.(checked);
  return reason === undefined ? checked : fail(`'${property}' ${reason}`);
}

function checkShape(
  field: Field,
  value: Value,
  old: Value,
  property: string,
  failures: Failure[],
  request: CheckRequest,
  fail: (reason: string) => Value,
): Value {
  switch (field.kind) {
    case "string":
      return typeof value === "object" ? fail(`'${property}' must be a string`) : String(value);
    case "int": {
      const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
      return typeof number === "number" ? Math.trunc(number) : fail(`'${property}' must be a whole number`);
    }
    case "bool": {
      const bool = value === "true" ? true : value === "false" ? false : value;
      return typeof bool === "boolean" ? bool : fail(`'${property}' must be true or false`);
    }
    case "list":
    case "set":
      return asList(value).map((item, i) => checkText(item, `${property}[${i}]`, failures));
    case "map":
      if (!isProps(value)) {
        return fail(`'${property}' must be a map of strings`);
      }
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, checkText(item, `${property}["${key}"]`, failures)]),
      );
    case "block":
      return isProps(value)
        ? checkBlock(field, value, old, `${property}.`, failures, request)
        : fail(`'${property}' must be an object`);
    default: {
      const olds = Array.isArray(old) ? old : [];
      return asList(value).map((item, i) => {
        if (item instanceof Unknown) {
          return item;
        }
        if (!isProps(item)) {
          failures.push({ property: `${property}[${i}]`, reason: `'${property}[${i}]' must be an object` });
          return item;
        }
        return checkBlock(field, item, olds[i] ?? null, `${property}[${i}].`, failures, request);
      });
    }
  }
}

/** A single value stands for a list of one. */
function asList(value: Value): Value[] {
  return Array.isArray(value) ? value : [value];
}

function checkBlock(
  field: BlockField,
  value: Props,
  old: Value,
  path: string,
  failures: Failure[],
  request: CheckRequest,
): Props {
  return checkObject(field.fields, value, isProps(old) ? old : {}, path, failures, request);
}

function checkText(value: Value, property: string, failures: Failure[]): Value {
  if (value instanceof Unknown) {
    return value;
  }
  if (typeof value === "object") {
    failures.push({ property, reason: `'${property}' must be a string` });
    return value;
  }
  return String(value);
}
