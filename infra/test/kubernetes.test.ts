import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { selfSigned } from "../../lib/certificate.ts";
import { componentNames } from "../system/names.ts";
import { describeStack } from "./support/description.ts";
import {
  atHome,
  cluster,
  kinds,
  login,
  type Manifest,
  maybeOfType,
  ofType,
  runStack,
  secretText,
  unwrapped,
} from "./support/manifests.ts";
import type { Registered } from "./support/mocks.ts";

const find = (resources: Registered[], type: string, name: string): Manifest => {
  const found = resources.find((resource) => resource.type === type && resource.name === name);
  assert.ok(found, `no ${type} ${name}`);
  return found.inputs;
};

/** What runs pods, by component. */
const workloads = (resources: Registered[]): [string, Manifest][] =>
  [...ofType(resources, kinds.deployment), ...ofType(resources, kinds.statefulSet)].map(({ name, inputs }) => [
    name,
    inputs,
  ]);

const services = (resources: Registered[]) =>
  new Map(ofType(resources, kinds.service).map(({ name, inputs }) => [name, inputs]));

const podOf = (resources: Registered[], component: string): Manifest => {
  const found = workloads(resources).find(([name]) => name === component);
  assert.ok(found, component);
  return found[1].spec.template.spec;
};

const resolved = <T>(output: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> =>
  new Promise((resolve) => pulumi.output(output).apply(resolve));

/** On a cluster at home that opens Prometheus and Grafana, too. */
const forOperators = { operatorNodePorts: "true" };

describe("the stack on Kubernetes", () => {
  let resources: Registered[];
  let outputs: Awaited<ReturnType<typeof runStack>>["outputs"];
  before(async () => {
    ({ resources, outputs } = await runStack());
  });

  test("every component of the design runs, those with data as stateful sets", () => {
    const names = (type: string) => ofType(resources, type).map(({ name }) => name);
    assert.deepEqual([...names(kinds.deployment), ...names(kinds.statefulSet)].sort(), [...componentNames].sort());
    const withData = describeStack(cluster).filter(({ data }) => data.length > 0);
    assert.deepEqual(names(kinds.statefulSet).sort(), withData.map(({ name }) => name).sort());
    for (const name of ["grafana", "prometheus", "redis"]) {
      assert.ok(names(kinds.statefulSet).includes(name), name);
    }
    assert.equal(find(resources, kinds.deployment, "resume").spec.replicas, 4);
  });

  test("everything lies in the stack's own namespace, which takes restricted pods only", () => {
    const { metadata } = find(resources, "kubernetes:core/v1:Namespace", "resume-test");
    assert.equal(metadata.labels["pod-security.kubernetes.io/enforce"], "restricted");
    assert.equal(metadata.labels["resume.stack"], "test");
    const clusterWide = ["Namespace", "PriorityClass"];
    for (const { type, name, inputs } of ofType(resources, "kubernetes:")) {
      const { metadata }: Manifest = inputs;
      if (clusterWide.some((kind) => type.endsWith(`:${kind}`))) {
        continue;
      }
      assert.equal(metadata.namespace, "resume-test", `${type} ${name}`);
      assert.equal(metadata.labels["resume.project"], "resume", `${type} ${name}`);
    }
  });

  test("every pod is restricted, and its root is read-only", () => {
    for (const [name, { spec }] of workloads(resources)) {
      const { securityContext, containers, hostNetwork, hostPID, hostIPC, volumes } = spec.template.spec;
      assert.equal(securityContext.runAsNonRoot, true, name);
      assert.ok(securityContext.runAsUser > 0, name);
      assert.ok(securityContext.fsGroup > 0, name);
      assert.deepEqual(securityContext.seccompProfile, { type: "RuntimeDefault" }, name);
      assert.deepEqual([hostNetwork, hostPID, hostIPC], [undefined, undefined, undefined], name);
      assert.equal(containers.length, 1);
      assert.deepEqual(
        containers[0].securityContext,
        { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
        name,
      );
      for (const volume of volumes ?? []) {
        assert.equal(volume.hostPath, undefined, name);
      }
      for (const { name: sysctl } of securityContext.sysctls ?? []) {
        assert.equal(sysctl, "net.ipv4.ip_local_port_range", "the only one of ours that a node allows to everybody");
      }
    }
  });

  test("no pod gets a token of the API server, and none has a right there", () => {
    for (const [name, { spec }] of workloads(resources)) {
      assert.equal(spec.template.spec.automountServiceAccountToken, false, name);
      const account = find(resources, "kubernetes:core/v1:ServiceAccount", spec.template.spec.serviceAccountName);
      assert.equal(account.automountServiceAccountToken, false, name);
    }
    assert.deepEqual(maybeOfType(resources, "rbac."), []);
  });

  test("every pod has requests, limits, all three probes and time to stop", () => {
    for (const [name, { spec }] of workloads(resources)) {
      const { containers, terminationGracePeriodSeconds } = spec.template.spec;
      const [{ resources: asked, startupProbe, readinessProbe, livenessProbe }] = containers;
      assert.match(asked.limits.cpu, /^\d+m?$/, name);
      assert.match(asked.limits.memory, /^\d+[GM]i$/, name);
      assert.match(asked.requests.cpu, /^\d+m?$/, name);
      assert.match(asked.requests.memory, /^\d+[GM]i$/, name);
      for (const probe of [startupProbe, readinessProbe, livenessProbe]) {
        assert.ok(probe.httpGet?.port > 0 || probe.exec?.command[0] === "sh", name);
      }
      assert.ok(terminationGracePeriodSeconds >= 5, name);
      assert.equal(containers[0].terminationMessagePolicy, "FallbackToLogsOnError", name);
    }
    assert.equal(
      podOf(resources, "redis").containers[0].startupProbe.failureThreshold,
      300,
      "it may have much to read",
    );
    const [prometheus] = podOf(resources, "prometheus").containers;
    assert.equal(prometheus.livenessProbe.httpGet.path, "/-/healthy");
    assert.equal(prometheus.readinessProbe.httpGet.path, "/-/ready");
    const { readinessProbe } = podOf(resources, "resume").containers[0];
    assert.deepEqual(readinessProbe.httpGet, { path: "/health", port: 3000 }, "nginx serves on without Redis");
  });

  test("a replica that goes serves on for as long as the DNS may still name it, and then has its time to drain", () => {
    const { containers, terminationGracePeriodSeconds } = podOf(resources, "resume");
    assert.deepEqual(containers[0].lifecycle, { preStop: { sleep: { seconds: 33 } } });
    assert.equal(terminationGracePeriodSeconds, 33 + 20);
  });

  test("a new version is there before the old one goes, one replica at a time may be evicted, and they spread", () => {
    for (const { inputs } of ofType(resources, kinds.deployment)) {
      const { spec }: Manifest = inputs;
      assert.deepEqual(spec.strategy, {
        type: "RollingUpdate",
        rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" },
      });
    }
    const budgets = ofType(resources, "PodDisruptionBudget");
    assert.deepEqual(
      budgets.map(({ name }) => name),
      ["resume"],
      "one of a single pod would keep its node from ever being emptied",
    );
    const { spec } = find(resources, "kubernetes:policy/v1:PodDisruptionBudget", "resume");
    assert.equal(spec.maxUnavailable, 1);
    assert.equal(podOf(resources, "resume").topologySpreadConstraints.length, 2);
  });

  test("nginx balances over the replicas' own addresses, and those that are not ready are not among them", () => {
    const { spec } = find(resources, kinds.service, "resume");
    assert.equal(spec.clusterIP, "None");
    assert.notEqual(spec.publishNotReadyAddresses, true);
    const conf = JSON.stringify(
      ofType(resources, "ConfigMap").find(({ name }) => name === "nginx-config")?.inputs.data,
    );
    assert.match(conf, /server resume\.resume-test\.svc\.cluster\.local:3000 resolve/);
    assert.match(conf, /resolver kube-dns\.kube-system\.svc\.cluster\.local valid=1s/);
  });

  test("nginx' status is for the stack only: the Service for visitors does not have it", () => {
    assert.deepEqual(
      find(resources, kinds.service, "nginx-public").spec.ports.map(({ targetPort }: Manifest) => targetPort),
      [8080],
    );
    assert.deepEqual(
      find(resources, kinds.service, "nginx").spec.ports.map(({ port }: Manifest) => port),
      [8080, 8081],
    );
  });

  test("every address that is told, and every name that a stateful set's pods have, is a Service's", async () => {
    const told = [outputs.url, outputs.prometheusUrl, outputs.grafanaUrl];
    for (const { hostname, port } of (await Promise.all(told.map(resolved))).map((url) => new URL(String(url)))) {
      const [service = ""] = hostname.split(".");
      const { spec }: Manifest = services(resources).get(service) ?? assert.fail(`there is no Service ${service}`);
      assert.ok(
        spec.ports.some((served: Manifest) => String(served.port) === port),
        `${service}:${port}`,
      );
    }
    for (const texts of [cluster, atHome]) {
      const { resources } = await runStack(texts);
      const sets = ofType(resources, kinds.statefulSet);
      assert.equal(sets.length, 3);
      for (const { inputs } of sets) {
        const { spec }: Manifest = inputs;
        assert.ok(services(resources).has(spec.serviceName), spec.serviceName);
      }
    }
  });

  test("a stateful set's bad pod is replaced by a better one, for which it need not be ready first", () => {
    for (const { inputs } of ofType(resources, kinds.statefulSet)) {
      const { spec }: Manifest = inputs;
      assert.equal(spec.podManagementPolicy, "Parallel");
    }
  });

  test("the service is built, pushed, and named by its digest; the exporter is taken as it is", () => {
    const [built, ...others] = ofType(resources, "docker:");
    assert.deepEqual(others, []);
    assert.equal(built?.inputs.skipPush, false);
    assert.match(String(built?.inputs.imageName), /^registry\.example\.com\/me\/resume-stack\/service:[0-9a-f]{12}$/);
    assert.equal(
      podOf(resources, "resume").containers[0].image,
      "registry.example.com/me/resume-stack/service@sha256:1",
    );
    assert.equal(podOf(resources, "resume").nodeSelector["kubernetes.io/arch"], "amd64");
    assert.match(podOf(resources, "nginx-exporter").containers[0].image, /nginx-prometheus-exporter:\d/);
  });

  test("Redis goes last when a node is short, and data has a claim", () => {
    assert.equal(podOf(resources, "redis").priorityClassName, "resume-test-redis");
    assert.equal(podOf(resources, "resume").priorityClassName, undefined);
    for (const { name, inputs } of ofType(resources, kinds.statefulSet)) {
      const { spec }: Manifest = inputs;
      const [claim] = spec.volumeClaimTemplates;
      assert.match(claim.spec.resources.requests.storage, /^\d+Gi$/, name);
      assert.equal(claim.spec.storageClassName, undefined, name);
      const mounts = spec.template.spec.containers[0].volumeMounts;
      assert.ok(
        mounts.some((mount: Manifest) => mount.name === claim.metadata.name),
        name,
      );
    }
  });

  test("what is mounted is there, and what is there is mounted", () => {
    for (const [name, { spec }] of workloads(resources)) {
      const { volumes = [], containers } = spec.template.spec;
      const given = [...volumes, ...(spec.volumeClaimTemplates ?? []).map(({ metadata }: Manifest) => metadata)];
      const mounts: Manifest[] = containers[0].volumeMounts ?? [];
      assert.deepEqual(
        [...new Set(mounts.map((mount) => mount.name))].sort(),
        given.map((volume: Manifest) => volume.name).sort(),
        name,
      );
      // A config file has a path of its own: in a folder that is mounted as a whole it would lie behind a dated link.
      for (const { name: volume, mountPath, subPath } of mounts) {
        const isFile = volume === "config";
        assert.equal(isFile, subPath !== undefined && mountPath.endsWith(`/${subPath}`), `${name}: ${mountPath}`);
      }
    }
  });

  test("passwords are secrets, and the address in the cluster is told where nothing is open", async () => {
    assert.equal(await pulumi.isSecret(outputs.grafanaPassword), true);
    assert.equal(await pulumi.isSecret(outputs.redisPassword), true);
    assert.equal(await resolved(outputs.url), "http://nginx-public.resume-test.svc.cluster.local:8080");
    assert.equal(await resolved(outputs.prometheusUrl), "http://prometheus.resume-test.svc.cluster.local:9090");
    assert.equal(outputs.grafanaUser, "admin");
    assert.equal(outputs.replicaCount, 4);
  });
});

describe("manifests", () => {
  /** Paths of what is empty: the API server gives some of that back as not there. */
  const empty = (value: Manifest, path: string): string[] => {
    if (value === null || value === "") {
      return [path];
    }
    if (typeof value !== "object") {
      return [];
    }
    const parts = Object.entries(value);
    return parts.length === 0 ? [path] : parts.flatMap(([name, part]) => empty(part, `${path}.${name}`));
  };

  test("say nothing that is empty, which would show as a change for ever", async () => {
    for (const texts of [
      cluster,
      atHome,
      { ...cluster, serviceType: "LoadBalancer" },
      { ...cluster, ingressHost: "nora.example.com", imagePullSecret: login.config },
    ]) {
      const { resources } = await runStack(texts);
      for (const { type, name, inputs } of ofType(resources, "kubernetes:")) {
        // A rule of a policy may stand for everything by being empty.
        if (type !== kinds.policy) {
          assert.deepEqual(empty(inputs, name), [], type);
        }
      }
    }
  });
});

describe("secrets", () => {
  const names = ["redis-password", "session-key", "grafana-password"];

  test("are in Secrets, and in nothing else", async () => {
    const alerts = JSON.stringify({
      webhook: "https://hooks.example.com/a-secret-path",
      email: {
        to: "a@example.com",
        from: "b@example.com",
        smtp: "mail.example.com:587",
        user: "me",
        password: "mail-pw",
      },
    });
    const { resources } = await runStack({ ...cluster, alerts, imagePullSecret: login.config });
    const all = [...names.map(secretText), "a-secret-path", "mail-pw", login.password];
    const plain = ofType(resources, "kubernetes:").filter(({ type }) => !type.endsWith(":Secret"));
    const text = JSON.stringify(plain);
    for (const secret of all) {
      assert.ok(!text.includes(secret), secret);
      assert.ok(!text.includes(Buffer.from(secret).toString("base64")), secret);
    }
    const hidden = ofType(resources, ":Secret")
      .flatMap(({ inputs }) => Object.values<Manifest>(unwrapped(inputs.data)))
      .map((value) => Buffer.from(String(unwrapped(value)), "base64").toString("utf8"))
      .join("\n");
    for (const secret of all) {
      assert.ok(hidden.includes(secret), secret);
    }
  });

  test("of the config stay secrets where no key asks for that", async () => {
    const tls = await selfSigned(["nora.example.com"]);
    const texts = { publicUrl: "https://hidden.example.com", sessionTtl: "7654321s", tls: JSON.stringify(tls) };
    const { resources } = await runStack({ ...cluster, ...texts }, "resume-test", Object.keys(texts));
    const text = JSON.stringify(ofType(resources, "kubernetes:").filter(({ type }) => !type.endsWith(":Secret")));
    for (const secret of ["hidden.example.com", "7654321", ...Object.values(tls)]) {
      assert.ok(!text.includes(JSON.stringify(secret).slice(1, -1)), secret);
    }
    const env: Manifest[] = podOf(resources, "resume").containers[0].env;
    for (const key of ["PUBLIC_URL", "SESSION_TTL_SECONDS"]) {
      assert.equal(env.find(({ name }) => name === key)?.valueFrom.secretKeyRef.key, key);
    }
  });
});

describe("changes", () => {
  const names = (resources: Registered[], component: string) =>
    JSON.stringify(podOf(resources, component).volumes.map(({ projected }: Manifest) => projected?.sources));

  test("of a config file roll the pods that read it, and no others", async () => {
    const before = (await runStack()).resources;
    const fewer = (await runStack({ ...cluster, nofile: "20000" })).resources;
    assert.notEqual(names(fewer, "nginx"), names(before, "nginx"));
    assert.equal(names(fewer, "redis"), names(before, "redis"));
    assert.deepEqual(podOf(fewer, "resume"), podOf(before, "resume"));
    for (const { inputs } of [...ofType(before, "ConfigMap"), ...ofType(before, ":Secret")]) {
      assert.equal(inputs.immutable, true);
    }
  });

  test("of a secret roll the pods that read it", async () => {
    const webhook = (path: string) => ({
      ...cluster,
      alerts: JSON.stringify({ webhook: `https://example.com/${path}` }),
    });
    const one = (await runStack(webhook("one"))).resources;
    const other = (await runStack(webhook("other"))).resources;
    assert.notEqual(names(other, "grafana"), names(one, "grafana"));
    assert.equal(names(other, "redis"), names(one, "redis"));
  });

  test("of a secret that the stack makes anew roll the pods that read it, and no others", async () => {
    const rolledBy = async (rotated: string) => {
      const [before, after] = [(await runStack()).resources, (await runStack({ ...cluster, rotated })).resources];
      return workloads(before).flatMap(([component]) =>
        isDeepStrictEqual(podOf(after, component), podOf(before, component)) ? [] : [component],
      );
    };
    assert.deepEqual((await rolledBy('{"redisPassword":1}')).sort(), ["redis", "redis-exporter", "resume"]);
    assert.deepEqual(await rolledBy('{"sessionKey":1}'), ["resume"]);
    assert.deepEqual(await rolledBy('{"grafanaPassword":1}'), ["grafana"]);
    assert.deepEqual(await rolledBy("{}"), []);
  });

  test("of a certificate roll nginx alone", async () => {
    const rolled: string[] = [];
    const [one, other] = await Promise.all([selfSigned(["a.example.com"]), selfSigned(["a.example.com"])]);
    const before = (await runStack({ ...cluster, tls: JSON.stringify(one) }, "resume-test", ["tls"])).resources;
    const after = (await runStack({ ...cluster, tls: JSON.stringify(other) }, "resume-test", ["tls"])).resources;
    for (const [component, { spec }] of workloads(before)) {
      if (!isDeepStrictEqual(spec.template.spec, podOf(after, component))) {
        rolled.push(component);
      }
    }
    assert.deepEqual(rolled, ["nginx"]);
  });

  test("of the number of replicas change nothing but that number", async () => {
    const four = (await runStack()).resources;
    const eight = (await runStack({ ...cluster, replicas: "8" })).resources;
    for (const { type, name, inputs } of four) {
      const { spec, ...rest }: Manifest = find(eight, type, name);
      const { spec: before, ...restBefore }: Manifest = inputs;
      if (type === kinds.deployment && name === "resume") {
        assert.deepEqual({ ...spec, replicas: 4 }, before);
        assert.equal(spec.replicas, 8);
      } else {
        assert.deepEqual(spec, before, `${type} ${name}`);
      }
      assert.deepEqual(rest, restBefore, `${type} ${name}`);
    }
  });
});

describe("who may talk to whom", () => {
  /** `from -> to:port` for each rule of each policy, as either side has it. */
  function arrows(resources: Registered[], side: "ingress" | "egress"): string[] {
    return ofType(resources, kinds.policy)
      .flatMap(({ name, inputs }) => {
        const { spec }: Manifest = inputs;
        const isDns = (rule: Manifest) => rule.to?.some(({ namespaceSelector }: Manifest) => namespaceSelector);
        return (spec[side] ?? [])
          .filter((rule: Manifest) => !isDns(rule))
          .flatMap((rule: Manifest) =>
            rule.ports.flatMap(({ port }: Manifest) =>
              (rule.to ?? rule.from ?? [undefined]).map((peer: Manifest) => {
                const other = peer?.podSelector?.matchLabels["resume.component"] ?? "outside";
                return side === "egress" ? `${name} -> ${other}:${port}` : `${other} -> ${name}:${port}`;
              }),
            ),
          );
      })
      .sort();
  }

  const picture = [
    "grafana -> prometheus:9090",
    "nginx -> resume:3000",
    "nginx-exporter -> nginx:8081",
    "prometheus -> nginx-exporter:9113",
    "prometheus -> prometheus:9090",
    "prometheus -> redis-exporter:9121",
    "prometheus -> resume:3000",
    "redis-exporter -> redis:6379",
    "resume -> redis:6379",
  ];

  test("only along the arrows of the design's picture; visitors get to nginx", async () => {
    const { resources } = await runStack();
    assert.deepEqual(arrows(resources, "egress"), picture);
    assert.deepEqual(arrows(resources, "ingress"), [...picture, "outside -> nginx:8080"].sort());
    const { spec } = find(resources, kinds.policy, "nothing");
    assert.deepEqual(spec, { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  });

  test("node ports open the operators' pages, and alerts Grafana's way out", async () => {
    const { resources } = await runStack({
      ...atHome,
      ...forOperators,
      alerts: '{"webhook":"https://hooks.example.com/x"}',
    });
    assert.deepEqual(arrows(resources, "egress"), [...picture, "grafana -> outside:443"].sort());
    assert.deepEqual(
      arrows(resources, "ingress"),
      [...picture, "outside -> grafana:3000", "outside -> nginx:8080", "outside -> prometheus:9090"].sort(),
    );
  });

  test("whatever a component is told of another is an arrow, too", () => {
    const components = describeStack(cluster, { resolver: "dns", host: (component) => `@${component}@` });
    for (const { name, calls, command, env, files } of components) {
      const told = JSON.stringify([command, env, files.map(({ content }) => content)]);
      const named = new Set([...told.matchAll(/@([a-z-]+)@/g)].map(([, host]) => host));
      const called = new Set(calls.flatMap(({ to }) => (to === "outside" ? [] : [to])));
      assert.deepEqual([...named].sort(), [...called].sort(), name);
    }
  });
});

describe("autoscale", () => {
  test("leaves the number of replicas to the autoscaler, from replicas to max", async () => {
    const { resources, outputs } = await runStack({ ...cluster, cpus: "0.5", autoscale: '{"max":12,"cpu":60}' });
    const { spec } = find(resources, "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "resume");
    assert.equal(spec.minReplicas, 4);
    assert.equal(spec.maxReplicas, 12);
    assert.deepEqual(spec.scaleTargetRef, { apiVersion: "apps/v1", kind: "Deployment", name: "resume" });
    assert.deepEqual(spec.metrics[0].resource.target, { type: "AverageValue", averageValue: "300m" });
    assert.equal(outputs.replicaCount, 4);
    const one = (await runStack({ ...cluster, replicas: "1", autoscale: '{"max":12}' })).resources;
    assert.equal(podOf(one, "resume").topologySpreadConstraints.length, 2, "there will be more than the one");
    assert.equal(podOf(one, "nginx").topologySpreadConstraints, undefined);
    assert.deepEqual(maybeOfType((await runStack()).resources, "HorizontalPodAutoscaler"), []);
  });
});

describe("the way in", () => {
  test("node ports are the site's alone, unless the operators' pages are to have some, too", async () => {
    const { resources, outputs } = await runStack(atHome);
    const open = ofType(resources, kinds.service).filter(({ name }) => name.endsWith("-public"));
    assert.deepEqual(
      open.map(({ name }) => name),
      ["nginx-public"],
    );
    assert.equal(await resolved(outputs.prometheusUrl), "http://prometheus.resume-test.svc.cluster.local:9090");
  });

  test("node ports: the address of a node, also for the operators' pages", async () => {
    const { resources, outputs } = await runStack({ ...atHome, ...forOperators, prometheusPort: "30090" });
    assert.equal(find(resources, kinds.service, "nginx-public").spec.type, "NodePort");
    assert.equal(find(resources, kinds.service, "nginx-public").spec.ports[0].nodePort, undefined);
    assert.equal(await resolved(outputs.url), "http://127.0.0.1:30123");
    assert.equal(await resolved(outputs.prometheusUrl), "http://127.0.0.1:30090");
    assert.equal(await resolved(outputs.grafanaUrl), "http://127.0.0.1:30123");
  });

  test("a load balancer: the site only, on the port of the config, with what the cloud is told", async () => {
    const annotations = { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" };
    const { resources } = await runStack({
      ...cluster,
      serviceType: "LoadBalancer",
      port: "80",
      serviceAnnotations: JSON.stringify(annotations),
    });
    const open = ofType(resources, kinds.service).filter(({ name }) => name.endsWith("-public"));
    assert.deepEqual(
      open.map(({ name }) => name),
      ["nginx-public"],
    );
    const { spec, metadata } = find(resources, kinds.service, "nginx-public");
    assert.deepEqual([spec.ports[0].port, spec.ports[0].targetPort], [80, 8080]);
    assert.equal(spec.externalTrafficPolicy, "Local");
    assert.deepEqual(metadata.annotations, annotations);
  });

  test("the site's Service alone has the config's annotations, of whatever type it is", async () => {
    const annotations = { "cloud.google.com/neg": "off" };
    const { resources } = await runStack({
      ...atHome,
      ...forOperators,
      serviceAnnotations: JSON.stringify(annotations),
    });
    const waitsForNothing = { "pulumi.com/skipAwait": "true" };
    const { metadata: site } = find(resources, kinds.service, "nginx-public");
    assert.deepEqual(site.annotations, { ...annotations, ...waitsForNothing });
    const { metadata: operators } = find(resources, kinds.service, "prometheus-public");
    assert.deepEqual(operators.annotations, waitsForNothing);
  });

  test("an Ingress with TLS, which nginx believes what it says of the visitor", async () => {
    const { resources, outputs } = await runStack({
      ...cluster,
      ingressHost: "nora.example.com",
      ingressClass: "nginx",
      tlsSecret: "site-tls",
    });
    const { spec } = find(resources, "kubernetes:networking.k8s.io/v1:Ingress", "site");
    assert.deepEqual(spec.tls, [{ hosts: ["nora.example.com"], secretName: "site-tls" }]);
    assert.equal(spec.ingressClassName, "nginx");
    assert.equal(spec.rules[0].http.paths[0].backend.service.name, "nginx-public");
    assert.equal(await resolved(outputs.url), "https://nora.example.com");
    const conf = JSON.stringify(
      ofType(resources, "ConfigMap").find(({ name }) => name === "nginx-config")?.inputs.data,
    );
    assert.match(conf, /real_ip_header X-Forwarded-For;/);
    assert.match(conf, /set_real_ip_from 0\.0\.0\.0\/0;/);
    assert.match(conf, /geo \$realip_remote_addr \$by_proxy \{\\n +default no;\\n +0\.0\.0\.0\/0 yes;/);
  });

  test("without Grafana its output is null", async () => {
    const { resources, outputs } = await runStack({ ...atHome, images: '{"grafana":"none"}' });
    assert.equal(outputs.grafanaUrl, null);
    assert.equal(
      ofType(resources, "kubernetes:").some(({ name }) => name.startsWith("grafana")),
      false,
    );
  });
});

describe("the cluster's DNS", () => {
  test("is where the config says, and so are the names in it and the way to it", async () => {
    const { resources, outputs } = await runStack({ ...cluster, dnsService: "rke2-dns.dns-system.svc.home.arpa" });
    assert.equal(await resolved(outputs.prometheusUrl), "http://prometheus.resume-test.svc.home.arpa:9090");
    const conf = JSON.stringify(
      ofType(resources, "ConfigMap").find(({ name }) => name === "nginx-config")?.inputs.data,
    );
    assert.match(conf, /resolver rke2-dns\.dns-system\.svc\.home\.arpa valid=1s/);
    assert.match(conf, /server resume\.resume-test\.svc\.home\.arpa:3000 resolve/);
    const { spec } = find(resources, kinds.policy, "nginx");
    assert.deepEqual(spec.egress[0].to, [
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "dns-system" } } },
      { ipBlock: { cidr: "169.254.0.0/16" } },
      { ipBlock: { cidr: "10.96.0.10/32" } },
    ]);
  });
});

describe("imagePullSecret", () => {
  test("is a Secret that every pod is pulled with, under a name that stays", async () => {
    const { resources } = await runStack({ ...cluster, imagePullSecret: login.config });
    const { type, data, metadata } = find(resources, "kubernetes:core/v1:Secret", "registry");
    assert.equal(type, "kubernetes.io/dockerconfigjson");
    const text = Buffer.from(unwrapped(unwrapped(data)[".dockerconfigjson"]), "base64").toString("utf8");
    assert.deepEqual(JSON.parse(text), JSON.parse(login.config));
    for (const [name, { spec }] of workloads(resources)) {
      assert.deepEqual(spec.template.spec.imagePullSecrets, [{ name: metadata.name }], name);
    }
    const other = (await runStack({ ...cluster, imagePullSecret: login.config.replace("pull-", "new-") })).resources;
    assert.deepEqual(podOf(other, "resume"), podOf(resources, "resume"));
    assert.equal(podOf((await runStack()).resources, "resume").imagePullSecrets, undefined);
  });
});
