/** The stack of the real tests with a cluster: each kind that is waited for; the configuration changes what is asked for. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

const config = new pulumi.Config();
const run = config.require("run");
const busybox = config.require("busybox");

const quick = { terminationGracePeriodSeconds: 1 };
const limits = { limits: { cpu: "1000m", memory: "32Mi" }, requests: { cpu: "0.01", memory: "8192Ki" } };
const server = (name: string, image: string, env: kubernetes.types.input.core.v1.EnvVar[] = []) => ({
  name,
  image,
  command: ["httpd", "-f", "-p", "8080", "-h", "/etc"],
  env,
  resources: limits,
  ports: [{ containerPort: 8080 }],
  readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
});

const namespace = new kubernetes.core.v1.Namespace("ns", { metadata: { name: `plugins-test-${run}` } });
const metadata = { namespace: namespace.metadata.name };
const password = new random.RandomPassword("password", { length: 24, special: false });
const priority = new kubernetes.scheduling.v1.PriorityClass("high", { value: 1000, globalDefault: false });

const settings = new kubernetes.core.v1.ConfigMap("settings", {
  metadata,
  data: { text: config.get("text") ?? "one" },
});
const secret = new kubernetes.core.v1.Secret("secret", {
  metadata,
  stringData: { password: password.result, mode: config.get("mode") ?? "usual" },
});
const account = new kubernetes.core.v1.ServiceAccount("account", { metadata, automountServiceAccountToken: false });
const role = new kubernetes.rbac.v1.Role("role", {
  metadata,
  rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
});
const binding = new kubernetes.rbac.v1.RoleBinding("binding", {
  metadata,
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
  subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace: namespace.metadata.name }],
});

const web = new kubernetes.apps.v1.Deployment(
  "web",
  {
    metadata: { ...metadata, name: "web" },
    spec: {
      replicas: Number(config.get("replicas") ?? "1"),
      selector: { matchLabels: { app: "web" } },
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: {
          ...quick,
          hostNetwork: false,
          serviceAccountName: account.metadata.name,
          priorityClassName: priority.metadata.name,
          automountServiceAccountToken: false,
          containers: [
            {
              ...server("web", config.get("image") ?? busybox, [
                { name: "PASSWORD", valueFrom: { secretKeyRef: { name: secret.metadata.name, key: "password" } } },
              ]),
              volumeMounts: [{ name: "settings", mountPath: "/etc/settings", readOnly: true }],
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
            },
          ],
          volumes: [
            { name: "settings", configMap: { name: settings.metadata.name } },
            { name: "tmp", emptyDir: { sizeLimit: "1024Ki" } },
          ],
        },
      },
    },
  },
  { customTimeouts: { create: "60s", update: config.get("timeout") ?? "60s" } },
);

const port = [{ name: "http", port: 80, targetPort: 8080 }];
const service = new kubernetes.core.v1.Service("web", { metadata, spec: { selector: { app: "web" }, ports: port } });
const headless = new kubernetes.core.v1.Service("headless", {
  metadata: { ...metadata, name: "store" },
  spec: { clusterIP: "None", selector: { app: "store" }, ports: port },
});

const store = new kubernetes.apps.v1.StatefulSet("store", {
  metadata,
  spec: {
    serviceName: headless.metadata.name,
    replicas: 1,
    selector: { matchLabels: { app: "store" } },
    template: {
      metadata: { labels: { app: "store" } },
      spec: { ...quick, containers: [server("store", busybox)] },
    },
  },
});

const everywhere = new kubernetes.apps.v1.DaemonSet("everywhere", {
  metadata,
  spec: {
    selector: { matchLabels: { app: "everywhere" } },
    template: {
      metadata: { labels: { app: "everywhere" } },
      spec: { ...quick, containers: [{ name: "a", image: busybox, command: ["sleep", "100000"] }] },
    },
  },
});

const once = new kubernetes.batch.v1.Job("once", {
  metadata,
  spec: {
    template: { spec: { restartPolicy: "Never", containers: [{ name: "a", image: busybox, command: ["true"] }] } },
  },
});

const claim = new kubernetes.core.v1.PersistentVolumeClaim("claim", {
  metadata,
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1024Ki" } } },
});
const budget = new kubernetes.policy.v1.PodDisruptionBudget("budget", {
  metadata,
  spec: { maxUnavailable: 1, selector: { matchLabels: { app: "web" } } },
});
const scaler = new kubernetes.autoscaling.v2.HorizontalPodAutoscaler("scaler", {
  metadata,
  spec: {
    minReplicas: 1,
    maxReplicas: 2,
    scaleTargetRef: { apiVersion: "apps/v1", kind: "StatefulSet", name: store.metadata.name },
    metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 90 } } }],
  },
});
const policy = new kubernetes.networking.v1.NetworkPolicy("policy", {
  metadata,
  spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from: [{ podSelector: {} }] }] },
});

export const namespaceName = namespace.metadata.name;
export const passwordText = password.result;
export const settingsName = settings.metadata.name;
export const webUid = web.metadata.uid;
export const address = service.spec.clusterIP;
export const ids = [binding, store, everywhere, once, claim, budget, scaler, policy].map(({ id }) => id);
