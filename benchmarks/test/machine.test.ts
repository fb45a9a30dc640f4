import assert from "node:assert/strict";
import { test } from "node:test";
import { assertCapacity, type Limits, limits, warnings } from "../machine.ts";

const unknown: Limits = { openFiles: undefined, ports: undefined, tracked: undefined, cores: 2, busy: undefined };

test("a machine that can't carry the users says so in one sentence", () => {
  assert.throws(
    () => assertCapacity(10_000, { ...unknown, openFiles: 4096 }),
    /^UserError: 10000 users need 10200 open files, and this machine allows a process 4096: raise it \(ulimit -Hn\), or ask for at most --users 3896\.$/,
  );
  assert.throws(() => assertCapacity(30_000, { ...unknown, ports: 28_232 }), /at most --users 26232\.$/);
  assert.throws(
    () => assertCapacity(10_000, { ...unknown, tracked: 16_000 }),
    /^UserError: 10000 users need 22000 tracked connections, and this machine's firewall has room for 16000: raise net\.netfilter\.nf_conntrack_max, or ask for at most --users 7000\.$/,
  );
  assert.doesNotThrow(() => assertCapacity(7000, { ...unknown, tracked: 16_000 }));
  assert.doesNotThrow(() => assertCapacity(100, limits()));
});

test("a busy machine is warned of, and may run", () => {
  assert.deepEqual(warnings({ ...unknown, busy: 1 }), []);
  assert.deepEqual(warnings(unknown), []);
  const [warning] = warnings({ ...unknown, busy: 1.84 });
  assert.match(warning ?? "", /^This machine was busy before the run: 1\.8 processes .* on 2 processors\./);
});
