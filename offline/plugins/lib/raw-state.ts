/**
 * `__pulumi_raw_state_delta`: how the official plugin gets from a resource's outputs back to Terraform's own state
 * (old names, single-element blocks, maps that look like objects). It reads the state without it too, but with this it
 * reads a state of ours exactly as its own. The rules are those of pulumi-terraform-bridge, pkg/tfbridge/rawstate.go.
 */
import { type Field, type Fields, snakeCase, terraformName } from "./schema.ts";
import { hasUnknown, isProps, type Props, type Value } from "./values.ts";

export const rawStateDeltaKey = "__pulumi_raw_state_delta";

/** The delta of a resource's outputs; undefined while something in them is unknown (previews). */
export function rawStateDelta(fields: Fields, outputs: Props): Props | undefined {
  return hasUnknown(outputs) ? undefined : objectDelta(fields, outputs);
}

function objectDelta(fields: Fields, props: Props): Props {
  const renamed: Props = {};
  const deltas: Props = {};
  for (const [name, field] of Object.entries(fields)) {
    if (terraformName(name, field) !== snakeCase(name)) {
      renamed[name] = terraformName(name, field);
    }
    const delta = valueDelta(field, props[name] ?? null);
    if (delta !== undefined) {
      deltas[name] = delta;
    }
  }
  return {
    obj: {
      ...(Object.keys(deltas).length > 0 ? { ps: deltas } : {}),
      ...(Object.keys(renamed).length > 0 ? { renamed } : {}),
    },
  };
}

function valueDelta(field: Field, value: Value): Props | undefined {
  switch (field.kind) {
    case "map":
      return isProps(value) ? { map: {} } : undefined;
    case "list":
    case "set":
      return Array.isArray(value) ? { arr: {} } : undefined;
    case "block":
      return { plu: { i: isProps(value) ? objectDelta(field.fields, value) : {} } };
    case "blockList":
    case "blockSet": {
      const items = Array.isArray(value) ? value : [];
      const elements = items.flatMap((item, i) =>
        isProps(item) ? [[String(i), objectDelta(field.fields, item)]] : [],
      );
      return { arr: elements.length > 0 ? { el: Object.fromEntries(elements) } : {} };
    }
    default:
      return undefined;
  }
}
