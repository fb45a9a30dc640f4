// The bridge's own answers, recorded, against ours: what a program's inputs become, and what a change of them means.
import assert from "node:assert/strict";
import { test } from "node:test";
import { containerFields } from "../docker/container-fields.ts";
import { networkFields } from "../docker/network.ts";
import { remoteImageFields } from "../docker/remote-image.ts";
import { volumeFields } from "../docker/volume.ts";
import { check } from "../lib/check.ts";
import { normalizeObject } from "../lib/normalize.ts";
import { changes, deletesFirst, plannedState } from "../lib/plan.ts";
import { rawStateDelta } from "../lib/raw-state.ts";
import type { Fields } from "../lib/schema.ts";
import type { Props } from "../lib/values.ts";
import { list, props, recorded, text } from "./recorded.ts";

const recording = recorded("bridge-3.127.json");
const container = props(recording.container);
const types: Record<string, { fields: Fields; deleteBeforeReplace: boolean }> = {
  Container: { fields: containerFields, deleteBeforeReplace: true },
  Network: { fields: networkFields, deleteBeforeReplace: false },
  RemoteImage: { fields: remoteImageFields, deleteBeforeReplace: false },
  Volume: { fields: volumeFields, deleteBeforeReplace: false },
};

function fieldsOf(type: string): { fields: Fields; deleteBeforeReplace: boolean } {
  const found = types[type];
  assert.ok(found, `no such type: ${type}`);
  return found;
}

function checked(fields: Fields, news: Props, olds?: Props): Props {
  const urn = "urn:pulumi:dev::p::docker:index/x:X::res";
  const result = check(fields, { urn, olds, news, seed: new Uint8Array(), proposal: undefined });
  assert.deepEqual(result.failures, []);
  return result.inputs;
}

/** The answer to a Diff in the recording's form. */
function diff(type: string, state: Props, inputs: Props) {
  const { fields, deleteBeforeReplace } = fieldsOf(type);
  const found = changes(fields, state, plannedState(fields, state, inputs), inputs);
  const replaces = [...new Set(found.filter((change) => change.replace).map((change) => change.property))].sort();
  return {
    changed: found.length > 0,
    deleteBeforeReplace: replaces.length > 0 && deletesFirst(fields, deleteBeforeReplace, inputs),
    replaces,
    detail: Object.fromEntries(found.map(({ path, kind, replace }) => [path, replace ? `${kind}-replace` : kind])),
  };
}

for (const { type, news, inputs } of list(recording.checked)) {
  test(`Check ${text(type)} ${JSON.stringify(news).slice(0, 60)}`, () => {
    const wanted = props(inputs);
    const ours = checked(fieldsOf(text(type)).fields, props(news));
    // Automatic names are random.
    const withoutName = ({ name: _name, ...rest }: Props) => rest;
    const isMade = props(news).name === undefined;
    assert.deepEqual(isMade ? withoutName(ours) : ours, isMade ? withoutName(wanted) : wanted);
    if (wanted.name !== undefined && isMade) {
      assert.match(text(ours.name), /^res-[0-9a-f]{7}$/);
    }
  });
}

for (const { name, set, remove, expected } of list(container.diffs)) {
  test(`Diff Container: ${text(name)}`, () => {
    const removed = Array.isArray(remove) ? remove : [];
    const kept = Object.entries(props(container.program)).filter(([key]) => !removed.includes(key));
    const news = { ...Object.fromEntries(kept), name: "fixed", ...props(set) };
    const inputs = checked(containerFields, news, props(container.inputs));
    assert.deepEqual(diff("Container", props(container.state), inputs), expected);
  });
}

for (const { type, inputs, state, news, expected } of list(recording.others)) {
  test(`Diff ${text(type)} ${JSON.stringify(news)}`, () => {
    const { fields } = fieldsOf(text(type));
    assert.deepEqual(diff(text(type), props(state), checked(fields, props(news), props(inputs))), expected);
  });
}

test("sets are kept in Terraform's order, objects complete", () => {
  const state = props(container.state);
  const ours = normalizeObject(containerFields, props(container.inputs), false);
  // The host port that the engine chooses is not known before.
  const given = Object.keys(props(container.program)).filter((name) => name !== "ports");
  assert.deepEqual(Object.fromEntries(given.map((name) => [name, ours[name]])), pick(state, given));
});

test("the way back to Terraform's own state is written as the bridge writes it", () => {
  const state = props(container.state);
  assert.deepEqual(rawStateDelta(containerFields, state), state.__pulumi_raw_state_delta);
});

function pick(from: Props, names: string[]): Props {
  return Object.fromEntries(names.map((name) => [name, from[name] ?? null]));
}
