// A stack that the official docker plugin made: ours must read it without wanting to change anything, and write the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { containerFields } from "../docker/container-fields.ts";
import { networkFields } from "../docker/network.ts";
import { remoteImageFields } from "../docker/remote-image.ts";
import { volumeFields } from "../docker/volume.ts";
import { check } from "../lib/check.ts";
import { refreshedInputs } from "../lib/extract-inputs.ts";
import { normalizeObject } from "../lib/normalize.ts";
import { changes, plannedState } from "../lib/plan.ts";
import { rawStateDelta } from "../lib/raw-state.ts";
import type { Fields } from "../lib/schema.ts";
import type { Props } from "../lib/values.ts";
import { props, recorded, recordedList, text } from "./recorded.ts";

const fieldsByType: Record<string, Fields> = {
  "docker:index/container:Container": containerFields,
  "docker:index/network:Network": networkFields,
  "docker:index/remoteImage:RemoteImage": remoteImageFields,
  "docker:index/volume:Volume": volumeFields,
};
const provider = recorded("docker-provider-5.2.0.json");
const stack = recordedList("official-docker-5.2.0-state.json");

for (const [type, fields] of Object.entries(fieldsByType)) {
  const resource = stack.find((candidate) => candidate.type === type);
  assert.ok(resource, `the recorded stack has no ${type}`);
  const inputs = props(resource.inputs);
  const outputs = props(resource.outputs);

  test(`${type}: no change`, () => {
    assert.deepEqual(changes(fields, outputs, plannedState(fields, outputs, inputs), inputs), []);
  });

  test(`${type}: the program's inputs become the same inputs again`, () => {
    const request = { urn: text(resource.urn), seed: new Uint8Array(), proposal: undefined };
    const program = withoutDefaults(inputs);
    assert.deepEqual(check(fields, { ...request, olds: inputs, news: program }), { inputs, failures: [] });
  });

  test(`${type}: the same outputs, and the same way back to Terraform's state`, () => {
    const { __meta, __pulumi_raw_state_delta: delta, id, ...state } = outputs;
    assert.deepEqual(normalizeObject(fields, state, false), state);
    assert.deepEqual(rawStateDelta(fields, outputs), delta);
  });

  test(`${type}: a refresh that finds the same keeps the inputs`, () => {
    assert.deepEqual(refreshedInputs(fields, inputs, outputs), withoutEmptyDefaults(inputs));
  });

  test(`${type}: every input of the official plugin is known, and replaces as there`, () => {
    const official = props(props(provider[type]).inputs);
    const ours = Object.keys(fields).filter((name) => fields[name]?.outputOnly !== true);
    assert.deepEqual(ours.sort(), Object.keys(official).sort());
    for (const [name, input] of Object.entries(official)) {
      const field = fields[name];
      const replaces = field?.replace === true || field?.unsupported === true;
      if (props(input).replace === true) {
        assert.equal(replaces, true, `${name} must replace`);
      } else {
        assert.notEqual(field?.replace, true, `${name} must not replace`);
      }
    }
  });

  test(`${type}: every output of the official plugin is known`, () => {
    const official = props(provider[type]).outputs;
    assert.deepEqual(Object.keys(fields).sort(), official);
  });
}

/** The program gives neither defaults nor their record. */
function withoutDefaults(inputs: Props): Props {
  const defaults = Array.isArray(inputs.__defaults) ? inputs.__defaults : [];
  const given = Object.entries(inputs).filter(([name]) => name !== "__defaults" && !defaults.includes(name));
  return Object.fromEntries(given.map(([name, value]) => [name, strip(value, withoutDefaults)]));
}

function withoutEmptyDefaults(inputs: Props): Props {
  const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;
  const kept = Object.entries(inputs).filter(([name, value]) => name !== "__defaults" || !isEmpty(value));
  return Object.fromEntries(kept.map(([name, value]) => [name, strip(value, withoutEmptyDefaults)]));
}

function strip(value: Props[string], change: (inputs: Props) => Props): Props[string] {
  if (Array.isArray(value)) {
    return value.map((item) => strip(item, change));
  }
  return typeof value === "object" && value !== null && !("kind" in value) ? change(value) : value;
}
