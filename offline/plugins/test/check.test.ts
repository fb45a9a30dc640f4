import assert from "node:assert/strict";
import { test } from "node:test";
import { containerFields } from "../docker/container-fields.ts";
import { autoName } from "../lib/auto-name.ts";
import { check } from "../lib/check.ts";
import { importedInputs } from "../lib/extract-inputs.ts";
import type { Props } from "../lib/values.ts";

const urn = "urn:pulumi:dev::p::parent$docker:index/container:Container::web";
const seed = new Uint8Array();

function failures(news: Props): string[] {
  const { failures } = check(containerFields, { urn, olds: undefined, news, seed, proposal: undefined });
  return failures.map(({ property, reason }) => `${property}: ${reason}`);
}

test("what is not allowed is named, all of it at once", () => {
  assert.deepEqual(
    failures({
      bogus: 1,
      mounts: [{ target: "/x" }],
      exitCode: 1,
      memory: "much",
      restart: "sometimes",
      ports: [{ internal: 80, protocoll: "tcp" }],
      healthcheck: { tests: ["CMD"], interval: "soon" },
      uploads: [{ file: "/x", content: "a", permissions: "644" }],
      volumes: [{ hostPath: "relative", containerPath: "/x" }],
    }),
    [
      "bogus: unknown property 'bogus'",
      "mounts: 'mounts' is not supported by the stand-in docker plugin",
      "exitCode: unknown property 'exitCode'",
      "memory: 'memory' must be a whole number",
      "restart: 'restart' must be no, on-failure, always or unless-stopped",
      "ports[0].protocoll: unknown property 'ports[0].protocoll'",
      "healthcheck.interval: 'healthcheck.interval' must be a duration like 500ms, 10s or 1m30s",
      "uploads[0].permissions: 'uploads[0].permissions' must be four octal digits like 0644",
      "volumes[0].hostPath: 'volumes[0].hostPath' must be an absolute path",
      "image: Missing required property 'image'",
    ],
  );
});

test("an unsupported input that asks for nothing is taken", () => {
  assert.deepEqual(failures({ image: "x", attach: false, mounts: [] }), []);
});

test("a refusal never quotes the value", () => {
  const secret = "do-not-show";
  assert.equal(
    failures({ image: "x", memory: secret, uploads: [{ file: "/x", contentBase64: secret }] })
      .join()
      .includes(secret),
    false,
  );
});

test("automatic names: random, or from the seed, or as the project says", () => {
  assert.match(autoName(urn, seed, undefined), /^web-[0-9a-f]{7}$/);
  assert.notEqual(autoName(urn, seed, undefined), autoName(urn, seed, undefined));
  const given = Buffer.from("a seed of the engine");
  assert.equal(autoName(urn, given, undefined), autoName(urn, given, undefined));
  assert.notEqual(autoName(urn, given, undefined), autoName(`${urn}2`, given, undefined));
  assert.equal(autoName(urn, seed, { name: "prod-web", mode: "propose" }), "prod-web");
  assert.throws(() => autoName(urn, seed, { name: "", mode: "disable" }), /automatic naming is disabled/);
  assert.throws(() => autoName(`${urn}${"x".repeat(300)}`, seed, undefined), /maximum length of 255/);
});

test("import gives the inputs that differ from the defaults", () => {
  const outputs: Props = {
    image: "x",
    restart: "always",
    networkMode: "bridge",
    memory: 0,
    command: ["a"],
    exitCode: 1,
    readOnly: true,
    ports: [{ internal: 80, external: 1, ip: "0.0.0.0", protocol: "tcp" }],
  };
  assert.deepEqual(importedInputs(containerFields, { ...outputs, name: "web" }), {
    __defaults: [],
    command: ["a"],
    image: "x",
    name: "web",
    ports: [{ __defaults: [], external: 1, internal: 80 }],
    readOnly: true,
    restart: "always",
  });
});
