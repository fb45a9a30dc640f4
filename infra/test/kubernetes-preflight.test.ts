import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { engineConnection } from "../../lib/docker-engine.ts";
import { parseConfig } from "../config/parse.ts";
import { clusterAccess } from "../targets/kubernetes/kubeconfig.ts";
import { checkCluster } from "../targets/kubernetes/preflight.ts";

const labels = { "resume.project": "resume", "resume.stack": "test" };

const paths = {
  version: "/version",
  apis: "/apis",
  nodes: "/api/v1/nodes",
  namespace: "/api/v1/namespaces/resume-test",
  pods: "/api/v1/namespaces/resume-test/pods",
  storage: "/apis/storage.k8s.io/v1/storageclasses",
  ingress: "/apis/networking.k8s.io/v1/ingressclasses",
  dns: "/api/v1/namespaces/kube-system/services/kube-dns",
  endpoints: "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices",
};

const list = (...items: unknown[]) => ({ items });
const named = (name: string, annotations: Record<string, string> = {}) => ({ metadata: { name, annotations } });

/** What a cluster answers in which nothing is wrong, by path. A number is a refusal with this code. */
const sound: Readonly<Record<string, unknown>> = {
  [paths.version]: { major: "1", minor: "34", gitVersion: "v1.34.0" },
  [paths.apis]: { groups: [{ name: "apps" }, { name: "metrics.k8s.io" }] },
  [paths.nodes]: list({
    status: { nodeInfo: { architecture: "arm64" }, addresses: [{ type: "InternalIP", address: "10.0.0.7" }] },
  }),
  [paths.namespace]: 404,
  [paths.pods]: list(),
  [paths.storage]: list(named("standard", { "storageclass.kubernetes.io/is-default-class": "true" })),
  [paths.ingress]: list(named("nginx"), named("traefik")),
  [paths.dns]: { spec: { clusterIPs: ["10.96.0.10"] } },
  [paths.endpoints]: list({ endpoints: [{ addresses: ["10.1.0.3"], conditions: { ready: true } }] }),
};

const kubeconfigOf = (server: string) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "fake",
    clusters: [{ name: "fake", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "me", user: {} }],
    contexts: [{ name: "fake", context: { cluster: "fake", user: "me" } }],
  });

/** Holds a config against a cluster that answers like this; null is one that never answers. */
async function check(texts: Record<string, string> = {}, answers: Readonly<Record<string, unknown>> | null = {}) {
  const server = createServer(({ url = "" }, response) => {
    if (answers === null) {
      return;
    }
    const answer = { ...sound, ...answers }[url.replace(/\/?(\?.*)?$/, "")] ?? 404;
    const isCode = typeof answer === "number";
    const body = isCode ? { kind: "Status", code: answer, message: `code ${answer} for ${url}` } : answer;
    response.writeHead(isCode ? answer : 200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port }: Pick<AddressInfo, "port"> = Object(server.address());
  try {
    const config = parseConfig({ target: "kubernetes", images: '{"resume":"registry.example.com/me:1"}', ...texts });
    return await checkCluster(config, {
      provider: { kubeconfig: kubeconfigOf(`http://127.0.0.1:${port}`), context: undefined },
      engine: engineConnection({}),
      labels,
      defaultNamespace: "resume-test",
      uidInState: async () => "of this clone",
      answerMs: answers === null ? 300 : 10_000,
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a cluster that has what the config asks for is taken", async () => {
  const { namespace, nodeAddress, dnsAddresses, build } = await check({
    ingressHost: "nora.example.com",
    ingressClass: "traefik",
    storageClass: "standard",
    autoscale: '{"max":8}',
  });
  assert.deepEqual(
    { namespace, nodeAddress, dnsAddresses, build },
    { namespace: "resume-test", nodeAddress: "127.0.0.1", dnsAddresses: ["10.96.0.10"], build: undefined },
  );
});

const refusals: [what: string, texts: Record<string, string>, answers: Record<string, unknown>, sentence: RegExp][] = [
  [
    "a version that is too old",
    {},
    { [paths.version]: { major: "1", minor: "29+", gitVersion: "v1.29.4" } },
    /^The cluster at http:.* is Kubernetes v1\.29\.4; allowed: 1\.30 or newer\.$/,
  ],
  [
    "somebody else's namespace",
    {},
    { [paths.namespace]: { metadata: { labels: { "resume.stack": "other" } } } },
    /^resume:namespace is "resume-test"; allowed: the name of a namespace that is not there yet; .*\.$/,
  ],
  [
    "another clone's namespace of the same name and labels",
    {},
    { [paths.namespace]: { metadata: { labels, uid: "of another" } }, [paths.pods]: list(named("redis-0")) },
    /^resume:namespace is "resume-test"; allowed: a namespace of this clone's stack; this one is another clone's\. .*\.$/,
  ],
  [
    "a namespace that is on its way out",
    {},
    { [paths.namespace]: { metadata: { labels }, status: { phase: "Terminating" } } },
    /^resume:namespace is "resume-test"; allowed: a namespace that is not just being deleted; .*\.$/,
  ],
  [
    "no default StorageClass",
    {},
    { [paths.storage]: list(named("slow")) },
    /^resume:storageClass is ""; allowed: a StorageClass of the cluster, which has: slow; none of them is the default\.$/,
  ],
  [
    "a StorageClass that is not there",
    { storageClass: "fast" },
    {},
    /^resume:storageClass is "fast"; allowed: a StorageClass of the cluster, which has: standard\.$/,
  ],
  [
    "an IngressClass that is not there",
    { ingressHost: "nora.example.com", ingressClass: "moon" },
    {},
    /^resume:ingressClass is "moon"; allowed: an IngressClass of the cluster, which has: nginx, traefik\.$/,
  ],
  [
    "an autoscaler without figures",
    { autoscale: '{"max":8}' },
    { [paths.apis]: { groups: [{ name: "apps" }] } },
    /^resume:autoscale is .*; allowed: nothing in a cluster that does not serve metrics\.k8s\.io, as a metrics server does\.$/,
  ],
  [
    "a DNS that is not there",
    { dnsService: "rke2-dns.kube-system.svc.cluster.local" },
    {},
    /^resume:dnsService is "rke2-dns\.kube-system\.svc\.cluster\.local"; allowed: the Service of the cluster's DNS, .*\.$/,
  ],
  [
    "a DNS with nothing behind it",
    {},
    { [paths.endpoints]: list({ endpoints: [] }) },
    /^resume:dnsService is "kube-dns\.kube-system\.svc\.cluster\.local"; allowed: a Service with something behind it .*\.$/,
  ],
  [
    "a cluster with IPv6 alone",
    {},
    { [paths.dns]: { spec: { clusterIPs: ["fd00::10"] } } },
    /^resume:dnsService is ".*"; allowed: a DNS with an IPv4 address; a cluster with IPv6 alone won't do\.$/,
  ],
  [
    "an API server that refuses",
    {},
    { [paths.namespace]: 500 },
    /^The Kubernetes API server at http:.* refuses \(500\): code 500 for \/api\/v1\/namespaces\/resume-test\.$/,
  ],
  [
    "an API server that does not know the user",
    {},
    { [paths.version]: 401 },
    /^The Kubernetes API server at http:.* refuses \(401\): it does not know who asks\.$/,
  ],
];

describe("one sentence", () => {
  for (const [what, texts, answers, sentence] of refusals) {
    test(`for ${what}`, () =>
      assert.rejects(check(texts, answers), ({ message }: Error) => {
        assert.match(message, sentence);
        return true;
      }));
  }

  test("for an API server that takes the connection and stays silent, in the time that it has", async () => {
    await assert.rejects(
      check({}, null),
      /^UserError: No Kubernetes API server answers at http:.* \(no answer within 0\.3 s\)\. Start the cluster, /,
    );
  });
});

test("what this user may not see is not checked", async () => {
  const hidden = [paths.nodes, paths.storage, paths.ingress, paths.dns];
  const facts = await check(
    { ingressHost: "nora.example.com", ingressClass: "moon", storageClass: "fast" },
    Object.fromEntries(hidden.map((path) => [path, 403])),
  );
  assert.deepEqual(facts.dnsAddresses, []);
});

test("an address of the DNS is taken as it is", async () => {
  assert.deepEqual((await check({ dnsService: "169.254.20.10" }, { [paths.dns]: 404 })).dnsAddresses, [
    "169.254.20.10",
  ]);
});

test("a ~ before a kubeconfig's path is the user's home", () => {
  const home = mkdtempSync(join(tmpdir(), "resume-home-"));
  const saved = process.env.HOME;
  try {
    writeFileSync(join(home, "cluster"), kubeconfigOf("http://127.0.0.1:1"));
    process.env.HOME = home;
    const access = clusterAccess({ kubeconfig: "~/cluster", context: undefined });
    assert.equal(access.getCurrentCluster()?.server, "http://127.0.0.1:1");
  } finally {
    process.env.HOME = saved;
    rmSync(home, { recursive: true });
  }
});

test("a kubeconfig that is not there is named, and not taken for the content of one", () => {
  assert.throws(
    () => clusterAccess({ kubeconfig: "/no/such/file", context: "fake" }),
    /^UserError: kubernetes:kubeconfig is "\/no\/such\/file"; allowed: the path of a file that is there, or what/,
  );
});

test("what a kubeconfig holds, or a secret path of one, is in no sentence", () => {
  const broken = "users:\n- name: me\n  user: {token: do-not-show\n";
  for (const provider of [
    { kubeconfig: broken, context: undefined },
    { kubeconfig: "/do-not-show", isSecret: true, context: undefined },
  ]) {
    assert.throws(
      () => clusterAccess(provider),
      (error) =>
        error instanceof Error && /kubernetes:kubeconfig/.test(error.message) && !/do-not-show/.test(error.message),
    );
  }
});
