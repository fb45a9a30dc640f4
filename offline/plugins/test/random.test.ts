import assert from "node:assert/strict";
import { test } from "node:test";
import bcrypt from "bcryptjs";
import { type Props, Secret, UNKNOWN } from "../lib/values.ts";
import { randomPassword } from "../random/password.ts";

const urn = "urn:pulumi:dev::p::random:index/randomPassword:RandomPassword::pw";
const handler = randomPassword();
function check(news: Props) {
  return handler.check({ urn, olds: undefined, news, seed: new Uint8Array(), proposal: undefined });
}

function secret(value: Props[string] | undefined): string {
  assert.ok(value instanceof Secret);
  assert.ok(typeof value.value === "string");
  return value.value;
}

test("the state has the official plugin's form, with both secrets marked", async () => {
  const inputs = {
    length: 16,
    lower: true,
    minLower: 2,
    minNumeric: 2,
    minSpecial: 2,
    minUpper: 2,
    number: true,
    special: true,
    upper: true,
  };
  assert.deepEqual(await check(inputs), { inputs, failures: [] });
  const { id, outputs } = await handler.create(urn, inputs, false);
  assert.equal(id, "none");
  const { result, bcryptHash, ...rest } = outputs;
  assert.deepEqual(rest, {
    ...inputs,
    numeric: true,
    id: "none",
    __meta: '{"schema_version":"3"}',
    __pulumi_raw_state_delta: { obj: {} },
  });
  assert.match(secret(bcryptHash), /^\$2a\$10\$/);
  assert.equal(bcrypt.compareSync(secret(result), secret(bcryptHash)), true);
});

test("passwords follow the wishes", async () => {
  for (let i = 0; i < 4; i += 1) {
    const only = await handler.create(urn, { length: 12, special: false, upper: false, minNumeric: 4 }, false);
    assert.match(secret(only.outputs.result), /^[a-z0-9]{12}$/);
    assert.ok((secret(only.outputs.result).match(/[0-9]/g) ?? []).length >= 4);
  }
  const own = await handler.create(
    urn,
    { length: 8, upper: false, lower: false, numeric: false, overrideSpecial: "_" },
    false,
  );
  assert.equal(secret(own.outputs.result), "________");
});

test("every input replaces, and nothing else changes a password", async () => {
  const { outputs } = await handler.create(urn, { length: 16 }, false);
  const existing = { id: "none", urn, state: outputs };
  assert.deepEqual((await handler.diff(existing, { length: 16 })).changes, []);
  assert.deepEqual((await handler.diff(existing, { length: 16, special: true, overrideSpecial: "" })).changes, []);
  for (const change of [{ length: 17 }, { length: 16, special: false }, { length: 16, keepers: { a: "b" } }]) {
    const { changes } = await handler.diff(existing, change);
    assert.ok(changes.length > 0 && changes.every(({ replace }) => replace), JSON.stringify(change));
  }
});

test("bad wishes are refused by name", async () => {
  const properties = async (news: Props) => (await check(news)).failures.map(({ property }) => property);
  assert.deepEqual(await properties({}), ["length"]);
  assert.deepEqual(await properties({ length: 0 }), ["length"]);
  assert.deepEqual(await properties({ length: 3, minLower: 4 }), ["length"]);
  assert.deepEqual(await properties({ length: 8, number: true, numeric: false }), ["number"]);
  assert.deepEqual(await properties({ length: 8, lenght: 9 }), ["lenght"]);
  assert.deepEqual(await properties({ length: UNKNOWN, minLower: 4 }), []);
});

test("an imported password keeps its value", async () => {
  const found = await handler.read({ id: "supersecret", urn, state: {} }, {});
  assert.equal(secret(found?.outputs.result), "supersecret");
  assert.equal(found?.id, "none");
  assert.equal(found?.outputs.length, 11);
});

test("what a refresh gives back is still marked secret", async () => {
  const state = { result: "plain", bcryptHash: "hash", length: 5 };
  const found = await handler.read({ id: "none", urn, state }, { length: 5 });
  assert.equal(secret(found?.outputs.result), "plain");
});
