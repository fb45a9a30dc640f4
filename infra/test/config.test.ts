import assert from "node:assert/strict";
import { test } from "node:test";
import { selfSigned } from "../../lib/certificate.ts";
import { ConfigError } from "../config/errors.ts";
import { configKeys } from "../config/keys.ts";
import { parseConfig } from "../config/parse.ts";

const sentencesOf = (texts: Record<string, string>, secrets: string[] = []) => {
  try {
    parseConfig(texts, new Set(secrets));
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.errors;
  }
  return [];
};

test("an empty config is the design's defaults", () => {
  assert.deepEqual(parseConfig({}), {
    target: "docker",
    replicas: 4,
    content: "service/content",
    port: 8080,
    bindAddress: "127.0.0.1",
    operatorBindAddress: "127.0.0.1",
    grafanaPort: 3000,
    prometheusPort: 9090,
    imageRegistry: undefined,
    images: {},
    cpus: 1,
    memoryMb: 1024,
    nofile: 65535,
    sessionTtl: 3600,
    cacheTtl: 60,
    tls: undefined,
    tlsPort: 8443,
    trustedProxies: [],
    alerts: undefined,
    publicUrl: undefined,
    rotated: {},
    secretKeys: new Set(),
    namespace: undefined,
    pushRegistry: undefined,
    imagePullSecret: undefined,
    serviceType: "ClusterIP",
    operatorNodePorts: false,
    serviceAnnotations: {},
    ingressHost: undefined,
    ingressClass: undefined,
    ingressAnnotations: {},
    tlsSecret: undefined,
    storageClass: undefined,
    autoscale: undefined,
    dnsService: "kube-dns.kube-system.svc.cluster.local",
    dnsTtl: 30,
  });
});

test("trusted proxies are networks; an address alone, a host name or too many bits are refused", () => {
  const trustedProxies = (text: string) => parseConfig({ trustedProxies: text }).trustedProxies;
  assert.deepEqual(trustedProxies("192.0.2.0/24, 2001:db8::/32"), ["192.0.2.0/24", "2001:db8::/32"]);
  for (const wrong of ["192.0.2.1", "192.0.2.0/33", "2001:db8::/129", "proxy.example.com/24", "192.0.2.0/24,", "all"]) {
    assert.deepEqual(sentencesOf({ trustedProxies: wrong }), [
      `resume:trustedProxies is "${wrong}"; allowed: networks such as 192.0.2.0/24 or 2001:db8::/32, with commas between them.`,
    ]);
  }
});

test("values are parsed into their units", () => {
  const config = parseConfig({ cpus: "0.5", sessionTtl: "2d", cacheTtl: "5m", port: "0", replicas: "64" });
  assert.equal(config.cpus, 0.5);
  assert.equal(config.sessionTtl, 172_800);
  assert.equal(config.cacheTtl, 300);
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

/** A config for a cluster in which nothing else is wrong. */
const cluster = { target: "kubernetes", imageRegistry: "registry.example.com/me" };

const refusedOnKubernetes: [key: string, value: string, others?: Record<string, string>][] = [
  ["namespace", "My_Site"],
  ["namespace", "-site"],
  ["pushRegistry", "https://registry.example.com"],
  ["serviceType", "nodeport"],
  ["serviceAnnotations", '{"a":1}'],
  ["serviceAnnotations", '["a"]'],
  ["ingressHost", "https://nora.example.com"],
  ["ingressAnnotations", "nginx"],
  ["tlsSecret", "site", {}],
  ["storageClass", "Fast SSD"],
  ["autoscale", '{"cpu":50}'],
  ["autoscale", '{"max":65}'],
  ["autoscale", '{"max":8,"cpu":5}'],
  ["autoscale", '{"max":8,"memory":5}'],
  ["dnsService", "http://dns"],
  ["dnsService", "dns.example.com"],
  ["dnsService", "kube-dns.kube-system.svc"],
  ["dnsService", "fd00::10"],
  ["ingressHost", "nora.example.com", { serviceType: "LoadBalancer" }],
  ["ingressHost", "nora.example.com", { serviceType: "NodePort", port: "0", grafanaPort: "0", prometheusPort: "0" }],
  ["dnsTtl", "0s"],
  ["dnsTtl", "1h"],
  ["port", "8080", { serviceType: "NodePort", grafanaPort: "0", prometheusPort: "0" }],
  ["bindAddress", "0.0.0.0"],
  ["operatorBindAddress", "0.0.0.0"],
  ["operatorNodePorts", "true"],
  ["operatorNodePorts", "yes"],
];
for (const [key, value, others = {}] of refusedOnKubernetes) {
  test(`on Kubernetes resume:${key}=${value} is refused in one sentence`, () => {
    const [sentence = "", ...more] = sentencesOf({ ...cluster, ...others, [key]: value });
    assert.deepEqual(more, []);
    assert.ok(sentence.startsWith(`resume:${key} is ${JSON.stringify(value)}; allowed: `), sentence);
    assert.ok(sentence.endsWith("."), sentence);
  });
}

test("a cluster needs a registry that the service's image comes from, or an image that is there", () => {
  assert.match(
    sentencesOf({ target: "kubernetes" })[0] ?? "",
    /^resume:pushRegistry is ""; allowed: with resume:target/,
  );
  assert.deepEqual(sentencesOf({ target: "kubernetes", pushRegistry: "registry.example.com" }), []);
  assert.deepEqual(sentencesOf({ target: "kubernetes", images: '{"resume":"registry.example.com/me/resume:7"}' }), []);
});

test("autoscale starts at replicas, so its max is no less", () => {
  const { autoscale } = parseConfig({ ...cluster, autoscale: '{"max":8}' });
  assert.deepEqual(autoscale, { max: 8, cpu: 70 });
  assert.deepEqual(sentencesOf({ ...cluster, replicas: "9", autoscale: '{"max":8}' }), [
    'resume:autoscale is "{\\"max\\":8,\\"cpu\\":70}"; allowed: a max of at least resume:replicas.',
  ]);
});

test("what only Kubernetes has is refused on Docker, where it would do nothing", () => {
  assert.deepEqual(sentencesOf({ serviceType: "NodePort" }), [
    'resume:serviceType is "NodePort"; allowed: nothing while resume:target is docker.',
  ]);
  assert.deepEqual(sentencesOf({ dnsTtl: "30s", autoscale: "" }), []);
});

test("an Ingress that ends TLS is not before an nginx that does", async () => {
  const tls = JSON.stringify(await selfSigned(["127.0.0.1"]));
  assert.deepEqual(sentencesOf({ ...cluster, tls, ingressHost: "nora.example.com" }), [
    'resume:ingressHost is "nora.example.com"; allowed: nothing while resume:tls is set: the Ingress itself ends TLS.',
  ]);
});

test("with TLS on a cluster the port's number is known before", async () => {
  const tls = JSON.stringify(await selfSigned(["127.0.0.1"]));
  const ports = { serviceType: "NodePort", port: "0", grafanaPort: "0", prometheusPort: "0" };
  assert.match(
    sentencesOf({ ...cluster, ...ports, tls, tlsPort: "0" })[0] ?? "",
    /^resume:tlsPort is "0"; allowed: with/,
  );
  assert.deepEqual(sentencesOf({ ...cluster, ...ports, tls, tlsPort: "30443" }), []);
  assert.deepEqual(sentencesOf({ ...cluster, tls, tlsPort: "0" }), [
    'resume:tlsPort is "0"; allowed: with resume:target kubernetes a port from 1 to 65535.',
  ]);
});

const refusedLogins = [
  "user:password",
  "{}",
  '{"auths":{}}',
  '{"auths":["registry.example.com"]}',
  '{"auths":{"registry.example.com":{}},"credsStore":"desktop"}',
  '{"auths":{"registry.example.com":{"username":"me"}}}',
];
for (const value of refusedLogins) {
  test(`resume:imagePullSecret=${value} is refused, and what may be a secret is not shown`, () => {
    assert.deepEqual(sentencesOf({ ...cluster, imagePullSecret: value }), [
      'resume:imagePullSecret is "(hidden)"; allowed: a Docker config with auths, each with auth or with username and password.',
    ]);
  });
}

test("of a Docker config only the logins are taken, and on Docker none is", () => {
  const auths = { "registry.example.com": { auth: "bWU6cGFzc3dvcmQ=" } };
  const imagePullSecret = JSON.stringify({ auths, credHelpers: { "gcr.io": "gcloud" } });
  const config = parseConfig({ ...cluster, imagePullSecret });
  assert.deepEqual(JSON.parse(config.imagePullSecret ?? ""), { auths });
  assert.deepEqual(sentencesOf({ imagePullSecret }), [
    'resume:imagePullSecret is "(hidden)"; allowed: nothing while resume:target is docker.',
  ]);
});

const refusedOperators = [
  "https://hooks.example.com",
  "{}",
  '{"pager":"+49 1"}',
  '{"webhook":"hooks.example.com"}',
  '{"email":"me@example.com"}',
  '{"email":{"to":"me@example.com","from":"site@example.com","smtp":"mail.example.com"}}',
  '{"email":{"to":"me","from":"site@example.com","smtp":"mail.example.com:587"}}',
  '{"email":{"to":"me@example.com","from":"site@example.com","smtp":"mail.example.com:65536"}}',
  '{"email":{"to":"me@example.com","from":"site@example.com","smtp":"mail.example.com:587","user":"me"}}',
];
for (const value of refusedOperators) {
  test(`resume:alerts=${value} is refused, and what may be a secret is not shown`, () => {
    const [sentence = "", ...others] = sentencesOf({ alerts: value });
    assert.match(sentence, /^resume:alerts is "\(hidden\)"; allowed: an object with webhook/);
    assert.deepEqual(others, []);
  });
}

const hidden = ["sessionTtl", "cacheTtl", "tls", "trustedProxies", "alerts", "publicUrl", "imagePullSecret"];

test("a key whose value shows in resources refuses --secret, and its value is in no sentence", () => {
  const refused = configKeys.filter((key) => !hidden.includes(key));
  for (const key of refused) {
    assert.deepEqual(sentencesOf({ [key]: "do-not-show", port: "9090" }, [key]), [
      `resume:${key} is set with --secret, though its value is shown in names and settings of resources; set it with --plaintext.`,
    ]);
  }
});

test("every other key takes --secret, and a bad value of it is in no sentence", () => {
  for (const key of hidden) {
    for (const target of ["docker", "kubernetes"]) {
      const errors = sentencesOf({ target, pushRegistry: "registry.example.com", [key]: "do-not-show" }, [key]);
      assert.ok(
        errors.some((sentence) => sentence.startsWith(`resume:${key} is "(hidden)"; allowed: `)),
        key,
      );
      assert.doesNotMatch(errors.join("\n"), /do-not-show/);
    }
  }
  assert.deepEqual(
    sentencesOf({ publicUrl: "https://nora.example.com", sessionTtl: "2h" }, ["publicUrl", "sessionTtl"]),
    [],
  );
});

test("what was rotated is a count for each of the stack's own secrets", () => {
  assert.deepEqual(parseConfig({ rotated: '{"redisPassword":2,"sessionKey":1}' }).rotated, {
    redisPassword: 2,
    sessionKey: 1,
  });
  for (const wrong of ["2", '{"redisPassword":0}', '{"redisPassword":"2"}', '{"password":1}', '{"sessionKey":1.5}']) {
    assert.deepEqual(sentencesOf({ rotated: wrong }), [
      `resume:rotated is ${JSON.stringify(wrong)}; allowed: an object with a whole number from 1 for any of redisPassword, sessionKey, grafanaPassword.`,
    ]);
  }
});

test("all bad keys are named at once", () => {
  const errors = sentencesOf({ replicas: "0", target: "moon", nofile: "x" });
  assert.deepEqual(
    errors.map((sentence) => sentence.split(" ")[0]),
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
  // All addresses are this one, too.
  assert.equal(sentencesOf({ port: "9090", bindAddress: "0.0.0.0" }).length, 1);
});

test("ports of different addresses, and of parts that are left out, may be the same", () => {
  assert.deepEqual(sentencesOf({ port: "9090", bindAddress: "192.0.2.1" }), []);
  assert.deepEqual(sentencesOf({ port: "3000", images: '{"grafana":"none"}' }), []);
  assert.deepEqual(sentencesOf({ port: "8443" }), [], "without tls nothing is on tlsPort");
});

test("grafana may be left out, and any component's image replaced", () => {
  assert.deepEqual(parseConfig({ images: '{"grafana":"none","resume":"registry.example.com/me/resume:7"}' }).images, {
    grafana: "none",
    resume: "registry.example.com/me/resume:7",
  });
});
