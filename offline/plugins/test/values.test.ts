import assert from "node:assert/strict";
import { test } from "node:test";
import { fromStruct, hasUnknown, Secret, sameValue, toStruct, UNKNOWN, withoutSecrets } from "../lib/values.ts";

test("values survive the wire", () => {
  const props = {
    nothing: null,
    yes: true,
    number: 1.5,
    text: "é",
    list: [1, "a", [], {}],
    object: { a: { b: null } },
    later: UNKNOWN,
    hidden: new Secret({ password: "x", later: [UNKNOWN] }),
  };
  assert.deepEqual(fromStruct(toStruct(props)), props);
});

test("output values are read as what they hold", () => {
  const output = { "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4" };
  const read = fromStruct(
    toStruct({ unknown: output, known: { ...output, value: 1 }, hidden: { ...output, value: 1, secret: true } }),
  );
  assert.deepEqual(read, { unknown: UNKNOWN, known: 1, hidden: new Secret(1) });
});

test("assets are refused", () => {
  const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "x" };
  assert.throws(() => fromStruct(toStruct({ asset })), /an asset is not accepted/);
});

test("an unknown equals nothing, a secret equals what it holds", () => {
  assert.equal(sameValue(UNKNOWN, UNKNOWN), false);
  assert.equal(sameValue([{ a: new Secret(1), b: 2 }], [{ b: 2, a: 1 }]), true);
  assert.equal(sameValue({ a: null }, {}), false);
  assert.equal(hasUnknown({ a: [new Secret({ b: UNKNOWN })] }), true);
  assert.equal(hasUnknown({ a: [new Secret("x")] }), false);
  assert.deepEqual(withoutSecrets({ a: [new Secret({ b: new Secret(1) })] }), { a: [{ b: 1 }] });
});
