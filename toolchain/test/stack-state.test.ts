import assert from "node:assert/strict";
import { test } from "node:test";
import { StackState } from "../lib/stack-state.ts";

test("a state's identity is its network on Docker, and its namespace's UID on Kubernetes; what goes is left out", () => {
  const network = (id: string, more: object = {}) => ({
    urn: `urn:pulumi:dev::resume::docker:index/network:Network::${id}`,
    type: "docker:index/network:Network",
    id,
    outputs: { name: `resume-dev-${id}` },
    ...more,
  });
  const namespace = { urn: "u", type: "kubernetes:core/v1:Namespace", id: "n", outputs: { metadata: { uid: "5f0e" } } };
  const state = new StackState({
    deployment: { resources: [network("a", { delete: true }), network("b"), namespace] },
  });
  assert.deepEqual(state.network, { id: "b", name: "resume-dev-b" });
  assert.equal(state.namespaceUid, "5f0e");
});

test("a stack without a state has no identity", () => {
  for (const exported of [undefined, { version: 3, deployment: {} }]) {
    const state = new StackState(exported);
    assert.deepEqual([state.network, state.namespaceUid, state.resources], [undefined, undefined, []]);
  }
});
