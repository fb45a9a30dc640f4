import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import type { Outputs } from "../outputs.ts";
import { componentNames } from "../system/names.ts";
import { runDockerStack } from "./support/docker-stack.ts";
import type { Registered } from "./support/mocks.ts";
import { readBack } from "./support/read-back.ts";

const containerType = "docker:index/container:Container";

const named = (resources: Registered[], type: string) =>
  resources.filter((resource) => resource.type === type).map(({ name }) => name);

const replicasOf = (resources: Registered[]) =>
  named(resources, containerType).filter((name) => /^resume-\d/.test(name));

const container = (resources: Registered[], name: string) => {
  const found = resources.find((resource) => resource.type === containerType && resource.name === name);
  assert.ok(found, `no container ${name}`);
  return found.inputs;
};

/** Mocks get a secret in a wrapping with this mark. */
const secretMark = "4dabf18193072939515e22adb298388d";

/** A value without the secrets in it. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutSecrets);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Object.hasOwn(value, secretMark)) {
    return null;
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutSecrets(item)]));
}

const secretIn = (output: unknown) => (pulumi.Output.isInstance(output) ? pulumi.isSecret(output) : false);

describe("with Grafana", () => {
  let outputs: Outputs;
  let resources: Registered[];
  before(async () => {
    ({ outputs, resources } = await runDockerStack({}));
  });

  test("every component of the design runs, with four replicas", () => {
    const withoutVersions = named(resources, containerType).map((name) => name.replace(/(-\d)?-[0-9a-f]{8}$/, ""));
    const replicas = ["resume", "resume", "resume"];
    assert.deepEqual(withoutVersions.sort(), [...componentNames, ...replicas].sort());
    assert.equal(replicasOf(resources).length, 4);
  });

  test("the outputs are the design's", () => {
    assert.equal(outputs.url, "http://127.0.0.1:8080");
    assert.equal(outputs.prometheusUrl, "http://127.0.0.1:9090");
    assert.equal(outputs.grafanaUrl, "http://127.0.0.1:3000");
    assert.equal(outputs.grafanaUser, "admin");
    assert.deepEqual(outputs.hostPorts, { port: 8080, grafanaPort: 3000, prometheusPort: 9090 });
    assert.equal(outputs.replicaCount, 4);
  });

  test("passwords are secrets", async () => {
    assert.equal(await secretIn(outputs.grafanaPassword), true);
    assert.equal(await secretIn(outputs.redisPassword), true);
  });

  test("no resource mounts a host path, uses the host's network or runs privileged", () => {
    for (const { type, name, inputs } of resources) {
      if (type !== containerType) {
        continue;
      }
      const { mounts, networkMode, privileged, volumes } = inputs;
      assert.deepEqual(
        { mounts, networkMode, privileged },
        { mounts: undefined, networkMode: undefined, privileged: undefined },
      );
      assert.ok(Array.isArray(volumes), name);
      for (const volume of volumes) {
        assert.equal(volume.hostPath, undefined, name);
        assert.match(volume.volumeName, /^resume-test-/, name);
      }
    }
  });

  test("every container has a health check, limits, a restart policy, no capability and a user of its own", () => {
    for (const { type, name, inputs } of resources) {
      if (type !== containerType) {
        continue;
      }
      assert.match(String(inputs.user), /^[1-9]\d*:\d+$/, name);
      assert.deepEqual(inputs.capabilities, { drops: ["ALL"] }, name);
      assert.equal(inputs.restart, "unless-stopped", name);
      assert.equal(inputs.memory, inputs.memorySwap, name);
      assert.ok(Number(inputs.memory) > 0 && Number(inputs.cpus) > 0, name);
      assert.deepEqual(inputs.logOpts, { "max-size": "10m", "max-file": "3" }, name);
      // A limit on processes would count those of the same user id outside of the container.
      assert.ok(Array.isArray(inputs.ulimits), name);
      assert.deepEqual(
        inputs.ulimits.map((limit) => limit.name),
        ["nofile"],
        name,
      );
      assert.ok(typeof inputs.healthcheck === "object" && inputs.healthcheck !== null, name);
      assert.equal(inputs.wait, true, name);
    }
  });

  test("the docker provider reads every input back as it was given", () => {
    for (const { type, name, inputs } of resources) {
      if (!type.startsWith("docker:")) {
        continue;
      }
      for (const [input, given] of Object.entries(inputs)) {
        const read = readBack[type]?.[input];
        assert.ok(read, `${input} of ${type} is in no row of support/read-back.ts`);
        assert.deepEqual(read(given), given, `${name}: ${input}`);
      }
    }
  });

  test("a container without config files has a read-only root", () => {
    for (const name of replicasOf(resources)) {
      assert.equal(container(resources, name).readOnly, true);
    }
    assert.equal(container(resources, "nginx").readOnly, false);
  });

  test("a public site leaves the operators' pages on loopback", async () => {
    const { resources, outputs } = await runDockerStack({ bindAddress: "192.0.2.1" });
    const address = (name: string) => JSON.stringify(container(resources, name).ports);
    assert.match(address("nginx"), /"ip":"192\.0\.2\.1"/);
    for (const name of ["prometheus", "grafana"]) {
      assert.match(address(name), /"ip":"127\.0\.0\.1"/);
    }
    assert.equal(outputs.url, "http://192.0.2.1:8080");
    assert.equal(outputs.prometheusUrl, "http://127.0.0.1:9090");
  });

  test("only nginx, Prometheus and Grafana are published, on the bind address", () => {
    const published = resources.filter(({ inputs }) => inputs.ports !== undefined);
    assert.deepEqual(published.map(({ name }) => name).sort(), ["grafana", "nginx", "prometheus"]);
    for (const { inputs } of published) {
      assert.ok(Array.isArray(inputs.ports));
      assert.equal(inputs.ports[0].ip, "127.0.0.1");
    }
  });
});

describe("without Grafana", () => {
  test("the stack comes up without it and grafanaUrl is null", async () => {
    const { outputs, resources } = await runDockerStack({ images: '{"grafana":"none"}' });
    assert.equal(outputs.grafanaUrl, null);
    assert.equal(outputs.grafanaUser, null);
    assert.equal(named(resources, containerType).includes("grafana"), false);
    assert.equal(named(resources, containerType).includes("prometheus"), true);
  });
});

describe("changes", () => {
  test("scaling adds replicas and leaves all that was there as it is", async () => {
    const four = (await runDockerStack({})).resources;
    const eight = (await runDockerStack({ replicas: "8" })).resources;
    assert.deepEqual(replicasOf(eight).slice(0, 4), replicasOf(four));
    assert.deepEqual(container(eight, "nginx"), container(four, "nginx"));
    assert.deepEqual(container(eight, "prometheus"), container(four, "prometheus"));
  });

  test("a new version is a new set of replicas beside the same nginx", async () => {
    const before = (await runDockerStack({})).resources;
    const after = (await runDockerStack({ images: '{"resume":"registry.example.com/me/resume:7"}' })).resources;
    const kept = replicasOf(after).filter((name) => replicasOf(before).includes(name));
    assert.deepEqual(kept, []);
    assert.deepEqual(container(after, "nginx"), container(before, "nginx"));
  });

  test("a secret that is made anew replaces the replicas that get it by new ones, and no others", async () => {
    const before = (await runDockerStack({})).resources;
    const replicated = (resources: Registered[]) =>
      named(resources, containerType).filter((name) => /-[0-9a-f]{8}$/.test(name));
    const replacedBy = async (rotated: string) => {
      const { resources } = await runDockerStack({ rotated });
      const gone = replicated(before).filter((name) => !replicated(resources).includes(name));
      return [...new Set(gone.map((name) => name.replace(/(-\d)?-[0-9a-f]{8}$/, "")))].sort();
    };
    assert.deepEqual(await replacedBy('{"redisPassword":1}'), ["redis-exporter", "resume"]);
    assert.deepEqual(await replacedBy('{"sessionKey":1}'), ["resume"]);
    assert.deepEqual(await replacedBy('{"grafanaPassword":1}'), []);
    assert.deepEqual(await replacedBy("{}"), []);
  });

  test("a secret is made anew by its count alone, and a stack that never did so has none", async () => {
    const keepers = async (rotated: string) => {
      const passwords = (await runDockerStack({ rotated })).resources.filter(({ type }) => type.includes("Random"));
      return Object.fromEntries(passwords.map(({ name, inputs }) => [name, inputs.keepers]));
    };
    const never = { "redis-password": undefined, "session-key": undefined, "grafana-password": undefined };
    assert.deepEqual(await keepers("{}"), never);
    assert.deepEqual(await keepers('{"sessionKey":3}'), { ...never, "session-key": { rotated: "3" } });
  });

  test("a value that was set with --secret is plain in no resource, and another one is another version", async () => {
    const texts = {
      publicUrl: "https://hidden.example.com",
      sessionTtl: "4321s",
      cacheTtl: "1234s",
      trustedProxies: "192.0.2.0/24",
      alerts: JSON.stringify({ webhook: "https://hooks.example.com/hidden" }),
    };
    const marked = Object.keys(texts);
    const before = (await runDockerStack(texts, marked)).resources;
    const plain = JSON.stringify(before.map(withoutSecrets));
    for (const text of ["hidden", "4321", "1234", "192.0.2.0"]) {
      assert.ok(!plain.includes(text), `${text} is in plain`);
      assert.ok(JSON.stringify(before).includes(text), `${text} is nowhere`);
    }
    for (const change of [{ publicUrl: "https://other.example.com" }, { sessionTtl: "1h" }, { cacheTtl: "2h" }]) {
      const after = (await runDockerStack({ ...texts, ...change }, marked)).resources;
      const kept = replicasOf(after).filter((name) => replicasOf(before).includes(name));
      assert.deepEqual(kept, [], JSON.stringify(change));
    }
    const again = (await runDockerStack({ ...texts, trustedProxies: "203.0.113.0/24" }, marked)).resources;
    assert.deepEqual(replicasOf(again), replicasOf(before));
  });

  test("no component asks for more processors than the machine has", async () => {
    const { resources } = await runDockerStack({});
    for (const { type, inputs } of resources) {
      if (type === containerType) {
        assert.ok(Number(inputs.cpus) <= 2);
      }
    }
  });

  test("imageRegistry is put before every pinned image", async () => {
    const { resources } = await runDockerStack({ imageRegistry: "mirror.example.com:5000/hub" });
    const pulled = resources.filter(({ type }) => type.includes("RemoteImage"));
    assert.ok(pulled.length >= 4);
    for (const { inputs } of pulled) {
      assert.match(String(inputs.name), /^mirror\.example\.com:5000\/hub\//);
    }
  });
});
