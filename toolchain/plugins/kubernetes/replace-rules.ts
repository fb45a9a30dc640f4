/** Which changes of which kinds can't be made in place, as the official plugin has it. */
import { isProps, type Props, type Value } from "../lib/values.ts";
import { textAt } from "./object.ts";

/** What decides besides the kind. */
export interface Mutability {
  configMapMutable: boolean;
  secretMutable: boolean;
}

type Path = readonly (string | number)[];
/** `*` stands for every item of a list. */
type Rule = readonly string[];

const always = ["metadata.name", "metadata.namespace"];

const container = [
  "args",
  "command",
  "env",
  "image",
  "imagePullPolicy",
  "lifecycle",
  "livenessProbe",
  "ports",
  "readinessProbe",
  "resources",
  "securityContext",
  "stdin",
  "stdinOnce",
  "terminationMessagePath",
  "terminationMessagePolicy",
  "tty",
  "volumeDevices",
  "volumeMounts",
  "workingDir",
];

const pod = [
  "affinity",
  "automountServiceAccountToken",
  "dnsConfig",
  "dnsPolicy",
  "enableServiceLinks",
  "hostAliases",
  "hostIPC",
  "hostNetwork",
  "hostPID",
  "hostname",
  "imagePullSecrets",
  "nodeName",
  "nodeSelector",
  "overhead",
  "preemptionPolicy",
  "priority",
  "priorityClassName",
  "readinessGates",
  "restartPolicy",
  "runtimeClassName",
  "schedulerName",
  "securityContext",
  "serviceAccount",
  "serviceAccountName",
  "shareProcessNamespace",
  "subdomain",
  "terminationGracePeriodSeconds",
  "volumes",
  ...container.map((field) => `containers.*.${field}`),
  ...container.map((field) => `initContainers.*.${field}`),
];

const volumeSources = [
  "awsElasticBlockStore",
  "azureDisk",
  "azureFile",
  "cephfs",
  "cinder",
  "csi",
  "fc",
  "flexVolume",
  "flocker",
  "gcePersistentDisk",
  "glusterfs",
  "hostPath",
  "iscsi",
  "local",
  "nfs",
  "photonPersistentDisk",
  "portworxVolume",
  "quobyte",
  "rbd",
  "scaleIO",
  "storageos",
  "vsphereVolume",
];

const inSpec = (fields: readonly string[]): string[] => fields.map((field) => `spec.${field}`);

const byKind: Record<string, readonly string[]> = {
  "apps/v1/DaemonSet": ["spec.selector"],
  "apps/v1/Deployment": ["spec.selector"],
  "apps/v1/StatefulSet": inSpec([
    "podManagementPolicy",
    "revisionHistoryLimit",
    "selector",
    "serviceName",
    "volumeClaimTemplates",
  ]),
  "batch/v1/Job": inSpec(["completions", "parallelism", "selector", "template"]),
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
  "storage.k8s.io/v1/StorageClass": ["parameters", "provisioner"],
  "v1/PersistentVolume": inSpec(volumeSources),
  "v1/PersistentVolumeClaim": inSpec(["accessModes", "selector", "storageClassName", "volumeName"]),
  "v1/Pod": inSpec(pod),
  "v1/ResourceQuota": ["spec.scopes"],
  "v1/Service": ["spec.clusterIP"],
};

/** The paths whose change replaces this object. */
export function replaceRules(object: Props, { configMapMutable, secretMutable }: Mutability): Rule[] {
  const kind = `${textAt(object, "apiVersion")}/${textAt(object, "kind")}`;
  const rules = [...always, ...(byKind[kind] ?? [])];
  if (kind === "v1/Secret") {
    rules.push("type", ...(secretMutable && object.immutable !== true ? [] : ["stringData", "data"]));
  }
  if (kind === "v1/ConfigMap" && !(configMapMutable && object.immutable !== true)) {
    rules.push("binaryData", "data");
  }
  return rules.map((rule) => rule.split("."));
}

/**
 * Whether a change at a path falls under a rule: it is at the rule's path or below, or the new value reaches down to it.
 * @param value the new value; undefined where something was taken away.
 */
export function replaces(rules: readonly Rule[], path: Path, value: Value | undefined): boolean {
  return rules.some((rule) => {
    const common = Math.min(rule.length, path.length);
    const agrees = rule.slice(0, common).every((step, index) => step === "*" || step === path[index]);
    return agrees && (path.length >= rule.length || reaches(value, rule.slice(path.length)));
  });
}

function reaches(value: Value | undefined, [step, ...rest]: Rule): boolean {
  if (step === undefined) {
    return value !== undefined;
  }
  if (step === "*") {
    return Array.isArray(value) && value.some((item) => reaches(item, rest));
  }
  return isProps(value) && Object.hasOwn(value, step) && reaches(value[step], rest);
}
