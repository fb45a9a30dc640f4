// A stack that the official kubernetes plugin made: ours must read it without wanting to change anything, and write the same.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Cluster } from "../kubernetes/cluster.ts";
import { withValueAt } from "../kubernetes/object.ts";
import { objectHandler } from "../kubernetes/plugin.ts";
import { outputsOf, parseState } from "../kubernetes/state.ts";
import type { Props } from "../lib/values.ts";
import { FakeCluster } from "./fake-cluster.ts";
import { props, recordedList, text } from "./recorded.ts";

const fake = new FakeCluster();
let cluster: Cluster;
before(async () => {
  cluster = await fake.start();
});
after(() => fake.stop());

const stack = recordedList("official-kubernetes-4.34.2-state.json").filter((resource) =>
  text(resource.type).startsWith("kubernetes:"),
);

test("the recorded stack has what the tests are about", () => {
  assert.deepEqual(stack.map(({ type }) => text(type).split(":").at(-1)).sort(), [
    "ConfigMap",
    "Deployment",
    "Namespace",
    "Service",
  ]);
});

for (const resource of stack) {
  const type = text(resource.type);
  const inputs = props(resource.inputs);
  const outputs = props(resource.outputs);
  const handler = () => {
    const found = objectHandler(cluster, type);
    assert.ok(found);
    return found;
  };

  test(`${type}: no change`, async () => {
    const existing = { id: text(resource.id), urn: text(resource.urn), state: outputs };
    assert.deepEqual((await handler().diff(existing, inputs)).changes, []);
  });

  test(`${type}: the program's inputs become the same inputs again`, async () => {
    const request = { urn: text(resource.urn), seed: new Uint8Array(), proposal: undefined };
    const checked = await handler().check({ ...request, olds: inputs, news: withoutAutoName(inputs) });
    assert.deepEqual(checked, { inputs, failures: [] });
  });

  test(`${type}: the same object becomes the same outputs`, () => {
    assert.deepEqual(outputsOf(parseState(outputs), inputs), outputs);
  });

  test(`${type}: a refresh that finds the same changes nothing`, async () => {
    const { live } = parseState(outputs);
    fake.refusal = ({ method, path }) =>
      method === "GET" && path.endsWith(`/${text(props(live.metadata).name)}`)
        ? { status: 200, body: live }
        : undefined;
    // The recording was made while one of the Deployment's pods was not ready; a refresh of it says so.
    const existing = { id: text(resource.id), urn: text(resource.urn), state: outputs };
    const annotated = withValueAt(inputs, ["metadata", "annotations", "pulumi.com/skipAwait"], "true");
    const state = { ...outputs, __inputs: annotated };
    const found = await handler().read({ ...existing, state }, annotated);
    assert.deepEqual(found?.outputs, outputs);
    assert.deepEqual(found?.inputs, inputs);
  });
}

function withoutAutoName(inputs: Props): Props {
  const nameless = withValueAt(inputs, ["metadata", "name"], undefined);
  return withValueAt(nameless, ["metadata", "annotations"], undefined);
}
