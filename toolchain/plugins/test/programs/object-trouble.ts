/** Objects that must fail; the configuration says which. The provider is one of the program's own. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const run = config.require("run");
const image = config.require("busybox");
const trouble = config.require("trouble");

const context = trouble === "context" ? { context: "nowhere" } : {};
const provider = new kubernetes.Provider("cluster", { kubeconfig: config.require("kubeconfig"), ...context });
const name = trouble === "exists" ? "default" : `plugins-test-${run}`;
const namespace = new kubernetes.core.v1.Namespace("ns", { metadata: { name } }, { provider });
const metadata = { namespace: namespace.metadata.name };

/** A Deployment of one pod that gets ready when its command lives for a second. */
function deployment(title: string, command: string[], podSpec = {}, options: pulumi.CustomResourceOptions = {}): void {
  const annotations = { "pulumi.com/timeoutSeconds": config.get("timeout") ?? "8" };
  const container = {
    name: "main",
    image,
    command,
    // A limit only where a quota asks for one: starting takes seconds under it.
    ...(trouble === "quota" ? { resources: { requests: { cpu: "10m" }, limits: { cpu: "10m" } } } : {}),
    readinessProbe: { exec: { command: ["true"] }, initialDelaySeconds: 1, periodSeconds: 1 },
  };
  const template = {
    metadata: { labels: { app: title } },
    spec: { terminationGracePeriodSeconds: 1, containers: [container], ...podSpec },
  };
  const spec = { selector: { matchLabels: { app: title } }, template };
  const named = { ...metadata, name: title, annotations };
  new kubernetes.apps.v1.Deployment(title, { metadata: named, spec }, { provider, ...options });
}

if (trouble === "quota") {
  const spec = { hard: { "limits.cpu": config.get("quota") ?? "1m" } };
  const quota = new kubernetes.core.v1.ResourceQuota("small", { metadata, spec }, { provider });
  deployment("limited", ["sleep", "1000"], {}, { dependsOn: quota });
}
if (trouble === "several") {
  deployment("crash", ["sh", "-c", "exit 3"]);
  deployment("unschedulable", ["sleep", "1000"], { nodeSelector: { "no-such": "node" } });
  const ports = [{ port: 99999 }];
  new kubernetes.core.v1.Service("invalid", { metadata, spec: { ports } }, { provider });
  const pod = { restartPolicy: "Never", containers: [{ name: "a", image, command: ["sh", "-c", "exit 5"] }] };
  new kubernetes.batch.v1.Job(
    "failing",
    { metadata, spec: { backoffLimit: 0, template: { spec: pod } } },
    { provider },
  );
}
