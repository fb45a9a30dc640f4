/** A resource type of a bridged Terraform provider: fields and four operations make a complete handler. */
import { check } from "./check.ts";
import { importedInputs, refreshedInputs } from "./extract-inputs.ts";
import { normalizeObject } from "./normalize.ts";
import { PartialFailure } from "./partial-failure.ts";
import { changes, deletesFirst, plannedState } from "./plan.ts";
import type { Existing, ResourceHandler } from "./provider.ts";
import { rawStateDelta, rawStateDeltaKey } from "./raw-state.ts";
import type { Fields } from "./schema.ts";
import { isProps, mapProps, type Props, Unknown, type Value } from "./values.ts";

/** The properties that the engine reports of a resource. Others stay as planned. */
export interface Facts {
  id: string;
  facts: Props;
}

export interface TerraformResource {
  fields: Fields;
  /** The bridge's `__meta`: schema version and timeouts, as the official plugin writes them. */
  meta: string;
  deleteBeforeReplace: boolean;
  /** @throws {PartialFailure} (outputs: facts) when it exists but is not as it should be. */
  create(planned: Props, urn: string): Promise<Facts>;
  /** @param state outputs of the state; empty on import. Undefined: gone. */
  read(id: string, state: Props): Promise<Facts | undefined>;
  /** @param changed the top-level properties that differ. Returns new facts. */
  update(id: string, planned: Props, changed: ReadonlySet<string>): Promise<Props>;
  remove(id: string, state: Props): Promise<void>;
}

/** The handler for the engine's calls. */
export function terraformHandler(resource: TerraformResource): ResourceHandler {
  const { fields } = resource;

  const outputs = (id: string, planned: Props, facts: Props): Props => {
    const props = { ...normalizeObject(fields, { ...known(planned), ...facts }, false) };
    const delta = rawStateDelta(fields, props);
    return { ...props, id, __meta: resource.meta, ...(delta === undefined ? {} : { [rawStateDeltaKey]: delta }) };
  };

  const differences = ({ state }: Existing, inputs: Props) => {
    const planned = plannedState(fields, state, inputs);
    return { planned, found: changes(fields, state, planned, inputs) };
  };

  return {
    check: async (request) => check(fields, request),

    diff: async (existing, inputs) => {
      const { found } = differences(existing, inputs);
      const replaced = new Set(found.filter((change) => change.replace).map((change) => change.property));
      return {
        changes: found,
        stables: Object.keys(fields).filter((name) => fields[name]?.replace && !replaced.has(name)),
        deleteBeforeReplace: deletesFirst(fields, resource.deleteBeforeReplace, inputs),
      };
    },

    create: async (urn, inputs, preview) => {
      const planned = plannedState(fields, undefined, inputs);
      if (preview) {
        return { id: "", outputs: planned };
      }
      try {
        const { id, facts } = await resource.create(planned, urn);
        return { id, outputs: outputs(id, planned, facts) };
      } catch (error) {
        if (error instanceof PartialFailure) {
          throw new PartialFailure(error.id, outputs(error.id, planned, error.outputs), error.message);
        }
        throw error;
      }
    },

    read: async ({ id, state }, inputs) => {
      const found = await resource.read(id, state);
      if (found === undefined) {
        return undefined;
      }
      const isImport = Object.keys(state).length === 0;
      const base = isImport ? {} : state;
      const now = isImport
        ? { ...withoutDefaults(fields, found), id: found.id, __meta: resource.meta }
        : outputs(found.id, base, found.facts);
      return {
        id: found.id,
        outputs: isImport ? { ...now, [rawStateDeltaKey]: rawStateDelta(fields, now) ?? null } : now,
        inputs: isImport ? importedInputs(fields, now) : refreshedInputs(fields, inputs, now),
      };
    },

    update: async (existing, inputs, preview) => {
      const { planned, found } = differences(existing, inputs);
      if (preview) {
        return planned;
      }
      const facts = await resource.update(existing.id, planned, new Set(found.map((change) => change.property)));
      return outputs(existing.id, planned, facts);
    },

    remove: async ({ id, state }) => resource.remove(id, state),
  };
}

/** An imported resource has no defaults yet: properties that can't be read back are empty. */
function withoutDefaults(fields: Fields, { facts }: Facts): Props {
  const bare = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      if (!("default" in field)) {
        return [name, field];
      }
      const { default: _default, ...rest } = field;
      return [name, rest];
    }),
  );
  return normalizeObject(bare, facts, false);
}

/** Values that are still unknown after the operation are empty. */
function known(planned: Props): Props {
  return mapProps(planned, knownValue);
}

function knownValue(value: Value): Value {
  if (value instanceof Unknown) {
    return null;
  }
  if (Array.isArray(value)) {
    return value.map(knownValue);
  }
  return isProps(value) ? known(value) : value;
}
