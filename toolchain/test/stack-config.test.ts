import assert from "node:assert/strict";
import { test } from "node:test";
import { configChanges, readConfig, usersValues, usesOurCluster } from "../lib/stack-config.ts";

test("reads the keys that the toolchain may set", () => {
  const config = readConfig(
    "config:\n  resume:nofile: 20000\n  resume:images:\n    grafana: none\n    nginx: mine:1\n",
  );
  assert.deepEqual(config.values, { "resume:nofile": "20000", "resume:images.grafana": "none" });
  assert.deepEqual(config.images, ["grafana", "nginx"]);
  assert.deepEqual(readConfig("").values, {});
});

test("sets what is missing, changes what is its own", () => {
  const needed = { "resume:imageRegistry": "127.0.0.1:5056", "resume:nofile": "20000" };
  assert.deepEqual(configChanges(needed, {}, {}), { set: needed, remove: [] });
  const before = { "resume:imageRegistry": "127.0.0.1:5055", "resume:nofile": "20000" };
  assert.deepEqual(configChanges(needed, before, before), {
    set: { "resume:imageRegistry": "127.0.0.1:5056" },
    remove: [],
  });
});

test("removes its own value when the machine no longer needs it", () => {
  const own = { "resume:images.grafana": "none" } as const;
  assert.deepEqual(configChanges({}, own, own), { set: {}, remove: ["resume:images.grafana"] });
});

test("never touches what the user has set", () => {
  const users = { "resume:imageRegistry": "mirror:5000", "resume:nofile": "1000" };
  const ours = { "resume:nofile": "20000" };
  assert.deepEqual(configChanges({ "resume:imageRegistry": "127.0.0.1:5055", "resume:nofile": "20000" }, users, ours), {
    set: {},
    remove: [],
  });
  assert.deepEqual(configChanges({}, users, ours), { set: {}, remove: [] });
  assert.deepEqual(usersValues(users, ours), users);
  assert.deepEqual(usersValues(ours, ours), {});
});

test("a stack uses our cluster only while its config has the values that the toolchain has set", () => {
  const ours = { "kubernetes:kubeconfig": "/cache/kubeconfig", "kubernetes:context": "resume" };
  assert.equal(usesOurCluster(ours, ours), true);
  assert.equal(usesOurCluster({ ...ours, "resume:nofile": "1" }, ours), true);
  assert.equal(usesOurCluster({ ...ours, "kubernetes:kubeconfig": "/home/me/config" }, ours), false);
  assert.equal(usesOurCluster({ ...ours, "kubernetes:context": "production" }, ours), false);
  assert.equal(usesOurCluster({ "kubernetes:context": "resume" }, ours), false);
  assert.equal(usesOurCluster({}, {}), false);
});
