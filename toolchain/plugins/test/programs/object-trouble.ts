/** Objects that must fail; the configuration says which. The provider is one of the program's own. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const run = config.require("run");
const image = config.require("busybox");
const trouble = config.require("trouble");

const provider = new kubernetes.Provider("cluster", {
  kubeconfig: config.require("kubeconfig"),
  ...(trouble === "context" ? { context: "nowhere" } : {}),
});
const name = trouble === "exists" ? "default" : `plugins-test-${run}`;
const namespace = new kubernetes.core.v1.Namespace("ns", { metadata: { name } }, { provider });
const metadata = { namespace: namespace.metadata.name };

const deployment = (command: string[], options: pulumi.CustomResourceOptions = {}) =>
  new kubernetes.apps.v1.Deployment(
    "bad",
    {
      metadata: {
        ...metadata,
        name: "bad",
        annotations: { "pulumi.com/timeoutSeconds": config.get("timeout") ?? "8" },
      },
      spec: {
        selector: { matchLabels: { app: "bad" } },
        template: {
          metadata: { labels: { app: "bad" } },
          spec: {
            terminationGracePeriodSeconds: 1,
            containers: [
              {
                name: "bad",
                image,
                command,
                resources: { requests: { cpu: "10m" }, limits: { cpu: "10m" } },
                readinessProbe: { exec: { command: ["true"] }, initialDelaySeconds: 1, periodSeconds: 1 },
              },
            ],
            ...(trouble === "unschedulable" ? { nodeSelector: { "no-such": "node" } } : {}),
          },
        },
      },
    },
    { provider, ...options },
  );

if (trouble === "quota") {
  const quota = new kubernetes.core.v1.ResourceQuota(
    "small",
    { metadata, spec: { hard: { "limits.cpu": config.get("quota") ?? "1m" } } },
    { provider },
  );
  deployment(["sleep", "1000"], { dependsOn: quota });
}
if (trouble === "crash") {
  deployment(["sh", "-c", "exit 3"]);
}
if (trouble === "unschedulable") {
  deployment(["sleep", "1000"]);
}
if (trouble === "invalid") {
  new kubernetes.core.v1.Service("bad", { metadata, spec: { ports: [{ port: 99999 }] } }, { provider });
}
if (trouble === "job") {
  const spec = { restartPolicy: "Never", containers: [{ name: "a", image, command: ["sh", "-c", "exit 5"] }] };
  new kubernetes.batch.v1.Job("bad", { metadata, spec: { backoffLimit: 0, template: { spec } } }, { provider });
}
