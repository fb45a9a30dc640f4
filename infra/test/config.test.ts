import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, parseConfig } from "../config.ts";

const sentencesOf = (texts: Record<string, string>) => {
  try {
    parseConfig(texts);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.sentences;
  }
  return [];
};

test("an empty config is the design's defaults", () => {
  assert.deepEqual(parseConfig({}), {
    target: "docker",
    replicas: 4,
    port: 8080,
    bindAddress: "127.0.0.1",
    grafanaPort: 3000,
    prometheusPort: 9090,
    imageRegistry: undefined,
    images: {},
    cpus: 1,
    memoryMb: 1024,
    nofile: 65535,
    sessionTtlSeconds: 3600,
    cacheTtlSeconds: 60,
    tls: undefined,
    tlsPort: 8443,
    alerts: undefined,
    publicUrl: undefined,
  });
});

test("values are parsed into their units", () => {
  const config = parseConfig({ cpus: "0.5", sessionTtl: "2d", cacheTtl: "5m", port: "0", replicas: "64" });
  assert.equal(config.cpus, 0.5);
  assert.equal(config.sessionTtlSeconds, 172_800);
  assert.equal(config.cacheTtlSeconds, 300);
  assert.equal(config.port, 0);
  assert.equal(config.replicas, 64);
});

const refused: [key: string, value: string][] = [
  ["target", "moon"],
  ["replicas", "0"],
  ["replicas", "65"],
  ["replicas", "abc"],
  ["replicas", "4.5"],
  ["replicas", "-1"],
  ["replicas", "1e1"],
  ["port", "65536"],
  ["grafanaPort", "http"],
  ["bindAddress", "localhost"],
  ["imageRegistry", "https://mirror.example.com"],
  ["imageRegistry", "mirror.example.com/"],
  ["images", "nginx:1"],
  ["images", '["nginx"]'],
  ["images", '{"apache":"httpd:2"}'],
  ["images", '{"nginx":"none"}'],
  ["images", '{"nginx":"a b"}'],
  ["cpus", "0"],
  ["cpus", "65"],
  ["memoryMb", "64"],
  ["nofile", "100"],
  ["sessionTtl", "0s"],
  ["sessionTtl", "1y"],
  ["cacheTtl", "366d"],
  ["publicUrl", "nora.example.com"],
  ["publicUrl", "https://nora.example.com/"],
];

for (const [key, value] of refused) {
  test(`resume:${key}=${value} is refused in one sentence that names the key, the value and what is allowed`, () => {
    const [sentence = "", ...others] = sentencesOf({ [key]: value });
    assert.equal(others.length, 0);
    assert.ok(sentence.startsWith(`resume:${key} is ${JSON.stringify(value)}; allowed: `), sentence);
    assert.ok(sentence.endsWith("."), sentence);
  });
}

const refusedOperators = [
  "https://hooks.example.com",
  "{}",
  '{"pager":"+49 1"}',
  '{"webhook":"hooks.example.com"}',
  '{"email":"me@example.com"}',
  '{"email":{"to":"me@example.com","from":"site@example.com","smtp":"mail.example.com"}}',
  '{"email":{"to":"me","from":"site@example.com","smtp":"mail.example.com:587"}}',
  '{"email":{"to":"me@example.com","from":"site@example.com","smtp":"mail.example.com:587","user":"me"}}',
];
for (const value of refusedOperators) {
  test(`resume:alerts=${value} is refused, and what may be a secret is not shown`, () => {
    const [sentence = "", ...others] = sentencesOf({ alerts: value });
    assert.match(sentence, /^resume:alerts is "\(hidden\)"; allowed: an object with webhook/);
    assert.deepEqual(others, []);
  });
}

test("all bad keys are named at once", () => {
  const sentences = sentencesOf({ replicas: "0", target: "moon", nofile: "x" });
  assert.deepEqual(
    sentences.map((sentence) => sentence.split(" ")[0]),
    ["resume:target", "resume:replicas", "resume:nofile"],
  );
});

test("a key that does not exist is named, with those that do", () => {
  const [sentence] = sentencesOf({ replica: "2" });
  assert.match(sentence ?? "", /^resume:replica is not a key of this program; its keys: target, replicas, /);
});

test("two published ports can't be one", () => {
  assert.deepEqual(sentencesOf({ port: "9090" }), [
    'resume:prometheusPort is "9090"; allowed: a port other than resume:port.',
  ]);
  assert.deepEqual(sentencesOf({ port: "0", tlsPort: "0", grafanaPort: "0", prometheusPort: "0" }), []);
});

test("grafana may be left out, and any component's image replaced", () => {
  assert.deepEqual(parseConfig({ images: '{"grafana":"none","resume":"registry.example.com/me/resume:7"}' }).images, {
    grafana: "none",
    resume: "registry.example.com/me/resume:7",
  });
});
