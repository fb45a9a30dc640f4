import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { CoreV1Api } from "@kubernetes/client-node";
import { componentLabel, stackLabels } from "../../infra/labels.ts";
import { clusterAccess } from "../../infra/targets/kubernetes/kubeconfig.ts";
import { execInReplica } from "../commands/messages.ts";
import { project } from "../lib/stack-config.ts";
import { kubernetesSource, podNames } from "../logs/kubernetes-source.ts";

const { RESUME_TEST_KUBECONFIG: kubeconfig = "", RESUME_TEST_BUSYBOX_IMAGE: image = "" } = process.env;
const skip = kubeconfig === "" ? "RESUME_TEST_KUBECONFIG names no kubeconfig of a cluster to test with" : false;

describe("the logs and messages of a stack on a cluster", { skip }, () => {
  const access = skip === false ? clusterAccess({ kubeconfig, context: undefined }) : undefined;
  const stack = `logs-${process.pid}`;
  const namespace = `${project}-${stack}`;
  const labels = stackLabels(project, stack);

  const cluster = () => {
    assert.ok(access);
    return access;
  };
  const core = () => cluster().makeApiClient(CoreV1Api);

  const start = async (name: string, component: string, script: string): Promise<void> => {
    const pod = {
      metadata: { name, namespace, labels: { ...labels, [componentLabel]: component } },
      spec: {
        restartPolicy: "OnFailure",
        terminationGracePeriodSeconds: 0,
        containers: [{ name: component, image, command: ["sh", "-c", script] }],
      },
    };
    await core().createNamespacedPod({ namespace, body: pod });
  };

  before(() => core().createNamespace({ body: { metadata: { name: namespace } } }));

  after(() => core().deleteNamespace({ name: namespace }));

  test("what was written, and what is written meanwhile, by a container that dies and by pods that start later", {
    timeout: 90_000,
  }, async () => {
    await start("redis-0", "redis", "echo one; sleep 0.3; echo two >&2; sleep 6; echo dies; exit 1");
    const end = new AbortController();
    const signal = AbortSignal.any([end.signal, AbortSignal.timeout(80_000)]);
    const lines: string[] = [];
    let runs = 0;
    const range = { since: Date.now() / 1000 - 600, follow: true, component: undefined, signal };
    for await (const { component, container, text } of kubernetesSource(cluster(), namespace, labels)(range)) {
      assert.equal(container, `${component}-0`);
      lines.push(`${component} ${text}`);
      if (text === "two" && runs === 0) {
        await start("nginx-0", "nginx", "echo new; sleep 600");
      }
      if (text === "dies") {
        runs += 1;
      }
      if (runs > 0 && lines.includes("nginx new") && text === "one") {
        end.abort();
      }
    }
    // Lines that were held back at the abort are printed, too.
    assert.deepEqual(lines.filter((line) => line.startsWith("redis")).slice(0, 4), [
      "redis one",
      "redis two",
      "redis dies",
      "redis one",
    ]);
    assert.equal(lines.filter((line) => line === "nginx new").length, 1);

    const past: string[] = [];
    const only = { since: 0, follow: false, component: "nginx", signal: AbortSignal.timeout(10_000) };
    for await (const { time, text } of kubernetesSource(cluster(), namespace, labels)(only)) {
      assert.match(time, /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
      past.push(text);
    }
    assert.deepEqual(past, ["new"]);
    assert.deepEqual(await podNames(cluster(), namespace, labels, "nginx"), ["nginx-0"]);
  });

  test("a command runs in a replica that is ready, and its exit code comes back", { timeout: 60_000 }, async () => {
    assert.ok(access);
    const place = { target: "kubernetes", namespace, access, labels } as const;
    await assert.rejects(execInReplica(place, ["true"]), /No replica of the logs-\d+ stack runs/);
    await start("resume-0", "resume", "sleep 600");
    const run = async (script: string): Promise<number> => {
      for (;;) {
        try {
          return await execInReplica(place, ["sh", "-c", script]);
        } catch (error) {
          if (!(error instanceof Error && /No replica/.test(error.message))) {
            throw error;
          }
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
      }
    };
    assert.equal(await run("exit 0"), 0);
    assert.equal(await run("exit 3"), 3);
  });
});
