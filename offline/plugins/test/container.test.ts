import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDuration, parseDuration } from "../../../lib/docker-provider/duration.ts";
import { containerFields } from "../docker/container-fields.ts";
import { createOptions } from "../docker/container-options.ts";
import { check } from "../lib/check.ts";
import { plannedState } from "../lib/plan.ts";
import type { Props } from "../lib/values.ts";

function options(news: Props) {
  const urn = "urn:pulumi:dev::p::docker:index/container:Container::web";
  const checked = check(containerFields, { urn, olds: undefined, news, seed: new Uint8Array(), proposal: undefined });
  assert.deepEqual(checked.failures, []);
  return createOptions(plannedState(containerFields, undefined, checked.inputs));
}

test("a container with nothing but an image asks the engine for its defaults", () => {
  const { HostConfig: host, ...config } = options({ image: "x", name: "web" });
  assert.deepEqual(config, {
    name: "web",
    Image: "x",
    Hostname: "",
    Domainname: "",
    Tty: false,
    OpenStdin: false,
    ExposedPorts: {},
    Volumes: {},
    Labels: {},
  });
  assert.deepEqual(host, {
    Privileged: false,
    PublishAllPorts: false,
    RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
    AutoRemove: false,
    ReadonlyRootfs: false,
    LogConfig: { Type: "", Config: {} },
    PortBindings: {},
    NetworkMode: "bridge",
    Init: false,
  });
});

test("units: MiB, CPUs and durations become bytes and nanoseconds", () => {
  const { HostConfig: host, Healthcheck: health } = options({
    image: "x",
    memory: 64,
    memorySwap: 128,
    shmSize: 1,
    cpus: "1.5",
    healthcheck: { tests: ["CMD", "true"], interval: "1m30s", retries: 3 },
  });
  assert.equal(host?.Memory, 64 * 1024 * 1024);
  assert.equal(host?.MemorySwap, 128 * 1024 * 1024);
  assert.equal(host?.ShmSize, 1024 * 1024);
  assert.equal(host?.NanoCpus, 1.5e9);
  assert.deepEqual(health, { Test: ["CMD", "true"], Interval: 90e9, Timeout: 0, StartPeriod: 0, Retries: 3 });
  assert.equal(options({ image: "x", memorySwap: -1 }).HostConfig?.MemorySwap, -1);
});

test("volumes and ports", () => {
  const { HostConfig: host, Volumes } = options({
    image: "x",
    volumes: [
      { volumeName: "data", containerPath: "/data", readOnly: true },
      { hostPath: "/h", volumeName: "ignored", containerPath: "/host", selinuxRelabel: "z" },
      { containerPath: "/anonymous" },
      { fromContainer: "other" },
    ],
    ports: [
      { internal: 80, external: 8080, ip: "127.0.0.1" },
      { internal: 53, protocol: "udp" },
    ],
  });
  assert.deepEqual([...(host?.Binds ?? [])].sort(), ["/h:/host:rw,z", "data:/data:ro"]);
  assert.deepEqual(host?.VolumesFrom, ["other"]);
  assert.deepEqual(Object.keys(Volumes ?? {}).sort(), ["/anonymous", "/data", "/host"]);
  assert.deepEqual(host?.PortBindings, {
    "53/udp": [{ HostIp: "0.0.0.0", HostPort: "0" }],
    "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "8080" }],
  });
  assert.throws(() => options({ image: "x", volumes: [{ volumeName: "data" }] }), /containerPath or fromContainer/);
  assert.throws(() => options({ image: "x", command: ["a", ""] }), /may not be empty/);
});

test("durations are read and written as Go does", () => {
  const same = ["0s", "500ms", "1s", "1.5s", "1m0s", "1m30s", "1h0m0s", "2h3m4.5s", "10µs", "7ns"];
  assert.deepEqual(
    same.map((text) => formatDuration(parseDuration(text) ?? -1)),
    same,
  );
  assert.equal(formatDuration(parseDuration("90s") ?? -1), "1m30s");
  assert.deepEqual(["", "10", "s", "1 s", "1d"].map(parseDuration), [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
