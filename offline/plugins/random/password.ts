/** random:index/randomPassword:RandomPassword */
import { randomInt } from "node:crypto";
import bcrypt from "bcryptjs";
import { check } from "../lib/check.ts";
import { refreshedInputs } from "../lib/extract-inputs.ts";
import { changes, plannedState } from "../lib/plan.ts";
import type { ResourceHandler } from "../lib/provider.ts";
import { rawStateDelta, rawStateDeltaKey } from "../lib/raw-state.ts";
import type { Field, Fields } from "../lib/schema.ts";
import { hasUnknown, type Props, Secret, type Value, withoutSecrets } from "../lib/values.ts";

const id = "none";
const meta = '{"schema_version":"3"}';
const bcryptCost = 10;
const bcryptMaxBytes = 72;

function notNegative(value: Value) {
  return typeof value === "number" && value < 0 ? "must be 0 or more" : undefined;
}
const minimum = { kind: "int", default: 0, replace: true, validate: notNegative } as const satisfies Field;
const charactersOf = { kind: "bool", default: true, replace: true } as const satisfies Field;

const fields: Fields = {
  bcryptHash: { kind: "string", outputOnly: true },
  keepers: { kind: "map", replace: true },
  length: {
    kind: "int",
    required: true,
    replace: true,
    validate: (value) => (typeof value === "number" && value < 1 ? "must be 1 or more" : undefined),
  },
  lower: charactersOf,
  minLower: minimum,
  minNumeric: minimum,
  minSpecial: minimum,
  minUpper: minimum,
  number: charactersOf,
  numeric: charactersOf,
  overrideSpecial: { kind: "string", replace: true },
  result: { kind: "string", outputOnly: true },
  special: charactersOf,
  upper: charactersOf,
};

/** The state knows no record of defaults for this type, so Check adds none; they are applied when it is made. */
const inputFields: Fields = Object.fromEntries(
  Object.entries(fields).map(([name, field]) => {
    if (!("default" in field)) {
      return [name, field];
    }
    const { default: _default, ...rest } = field;
    return [name, rest];
  }),
);

export function randomPassword(): ResourceHandler {
  return {
    check: async (request) => {
      const { inputs, failures } = check(inputFields, request);
      const { __defaults: _defaults, ...given } = inputs;
      const reason = failures.length === 0 ? contradiction(given) : undefined;
      return { inputs: given, failures: reason === undefined ? failures : [reason] };
    },

    diff: async ({ state }, inputs) => {
      const found = changes(fields, state, planned(state, inputs), inputs);
      return { changes: found, stables: [], deleteBeforeReplace: false };
    },

    create: async (_urn, inputs, preview) => {
      const plan = planned(undefined, inputs);
      return preview ? { id: "", outputs: plan } : { id, outputs: outputs(plan, generate(plan)) };
    },

    read: async ({ id: given, state }, inputs) => {
      if (Object.keys(state).length === 0) {
        const imported = outputs(planned(undefined, { length: given.length }), given);
        return { id, outputs: imported, inputs: { length: given.length } };
      }
      return { id, outputs: { ...state, ...secrets(state) }, inputs: refreshedInputs(fields, inputs, state) };
    },

    // Every input replaces, so an update changes nothing.
    update: async ({ state }) => ({ ...state, ...secrets(state) }),

    remove: async () => {},
  };
}

/** `number` is the old name of `numeric`: one given, the other follows. */
function planned(state: Props | undefined, inputs: Props): Props {
  const numeric = inputs.numeric ?? inputs.number ?? true;
  return plannedState(fields, state, { ...inputs, numeric, number: numeric });
}

function contradiction(inputs: Props): { property: string; reason: string } | undefined {
  if (hasUnknown(inputs)) {
    return undefined;
  }
  const { number, numeric } = inputs;
  if (number !== undefined && numeric !== undefined && number !== numeric) {
    return { property: "number", reason: "'number' and 'numeric' mean the same and must have the same value" };
  }
  const plan = planned(undefined, inputs);
  const least = ["minLower", "minNumeric", "minSpecial", "minUpper"].reduce((sum, name) => sum + count(plan[name]), 0);
  return count(plan.length) < least
    ? { property: "length", reason: `'length' must be at least the sum of the minimums, ${least}` }
    : undefined;
}

/** A password with at least the wanted number of each kind of character, in random order. */
function generate(plan: Props): string {
  const special = typeof plan.overrideSpecial === "string" ? plan.overrideSpecial : "";
  const kinds = [
    { characters: "0123456789", use: plan.numeric === true, least: count(plan.minNumeric) },
    { characters: "abcdefghijklmnopqrstuvwxyz", use: plan.lower === true, least: count(plan.minLower) },
    { characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", use: plan.upper === true, least: count(plan.minUpper) },
    { characters: special || "!@#$%&*()-_=+[]{}<>:?", use: plan.special === true, least: count(plan.minSpecial) },
  ];
  const all = kinds.map((kind) => (kind.use ? kind.characters : "")).join("");
  const fixed = kinds.flatMap((kind) => Array.from({ length: kind.least }, () => pick(kind.characters)));
  if (all === "" && fixed.length < count(plan.length)) {
    throw new Error("RandomPassword: no kind of character is allowed");
  }
  const rest = Array.from({ length: count(plan.length) - fixed.length }, () => pick(all));
  return shuffle([...fixed, ...rest]).join("");
}

function pick(characters: string): string {
  return characters.charAt(randomInt(characters.length));
}

function shuffle(items: string[]): string[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i -= 1) {
    const j = randomInt(i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j] ?? "", shuffled[i] ?? ""];
  }
  return shuffled;
}

function outputs(plan: Props, password: string): Props {
  const props: Props = { ...plan, result: password, bcryptHash: bcryptHash(password) };
  const delta = rawStateDelta(fields, props);
  const given = Object.fromEntries(Object.entries(props).filter(([, value]) => value !== null));
  return {
    ...given,
    ...secrets(props),
    id,
    __meta: meta,
    ...(delta === undefined ? {} : { [rawStateDeltaKey]: delta }),
  };
}

/** bcrypt takes 72 bytes and no more; Go writes version 2a. */
function bcryptHash(password: string): string {
  const salt = bcrypt.genSaltSync(bcryptCost).replace("$2b$", "$2a$");
  return bcrypt.hashSync(Buffer.from(password).subarray(0, bcryptMaxBytes).toString(), salt);
}

function secrets(props: Props): Props {
  return {
    result: new Secret(withoutSecrets(props.result ?? null)),
    bcryptHash: new Secret(withoutSecrets(props.bcryptHash ?? null)),
  };
}

function count(value: Value | undefined): number {
  return typeof value === "number" ? value : 0;
}
