import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { parseConfig } from "../../config/parse.ts";
import { type Registered, underMocks } from "./mocks.ts";

/** A part of a manifest: the tests say what they expect of it. */
// biome-ignore lint/suspicious/noExplicitAny: manifests are data from outside of the type system here
export type Manifest = any;

export const kinds = {
  deployment: "kubernetes:apps/v1:Deployment",
  statefulSet: "kubernetes:apps/v1:StatefulSet",
  service: "kubernetes:core/v1:Service",
  policy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
};

/** Config of stacks in which nothing is wrong. */
export const cluster = { target: "kubernetes", imageRegistry: "registry.example.com/me" };
export const atHome = { ...cluster, serviceType: "NodePort", port: "0", grafanaPort: "0", prometheusPort: "0" };

const password = "pull-password";

/** A Docker config with a login, and the secret in it. */
export const login = {
  password,
  config: JSON.stringify({ auths: { "registry.example.com": { username: "me", password } } }),
};

export const secretText = (name: string) => `secret of ${name}`;

/** As the official plugins give it: a name of its own for what has none, one more with each content. */
function computed(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  const { metadata, spec, keepers }: Manifest = inputs;
  if (type.includes("RandomPassword")) {
    return { result: secretText(name) + (keepers?.rotated ?? "") };
  }
  if (type.includes(":Image")) {
    return { repoDigest: `${String(inputs.imageName).replace(/:[^:]*$/, "")}@sha256:1` };
  }
  if (metadata === undefined) {
    return {};
  }
  const content = createHash("sha256")
    .update(JSON.stringify(inputs.data ?? null))
    .digest("hex")
    .slice(0, 8);
  const ports = spec?.ports?.map((port: object) => ({ nodePort: 30_123, ...port }));
  return {
    metadata: { name: `${name}-${content}`, ...metadata },
    ...(type === kinds.service ? { spec: { ...spec, ports } } : {}),
  };
}

/** What the program makes of a stack's config, of which some keys were set with `--secret`, and what it tells. */
export async function runStack(
  texts: Record<string, string> = cluster,
  namespace = "resume-test",
  secretKeys: readonly string[] = [],
) {
  const { result, resources } = await underMocks(async () => {
    const { deployOnKubernetes } = await import("../../targets/kubernetes/deploy.ts");
    return deployOnKubernetes({
      config: parseConfig(texts, new Set(secretKeys)),
      namespace,
      build: { registry: "registry.example.com/me", platform: "linux/amd64" },
      nodeAddress: "127.0.0.1",
      dnsAddresses: ["10.96.0.10"],
    });
  }, computed);
  return { outputs: result, resources };
}

/** Those of a provider's type, of which there must be some; our own components are called `resume:…`. */
export function ofType(resources: Registered[], part: string): Registered[] {
  const found = maybeOfType(resources, part);
  assert.ok(found.length > 0, `there is no ${part}`);
  return found;
}

/** The same, and there may be none. */
export const maybeOfType = (resources: Registered[], part: string): Registered[] =>
  resources.filter(({ type }) => !type.startsWith("resume:") && type.includes(part));

/** What a secret hides from who only reads the inputs: mocks get it in a wrapping. */
export const unwrapped = (value: Manifest): Manifest =>
  typeof value === "object" && value !== null && Object.hasOwn(value, secretMark) ? unwrapped(value.value) : value;

const secretMark = "4dabf18193072939515e22adb298388d";

/** A value without any such wrapping. */
export const plain = (value: Manifest): Manifest => {
  const inner = unwrapped(value);
  if (Array.isArray(inner)) {
    return inner.map(plain);
  }
  if (typeof inner !== "object" || inner === null) {
    return inner;
  }
  return Object.fromEntries(Object.entries(inner).map(([name, part]) => [name, plain(part)]));
};
