import { createHash } from "node:crypto";
import { posix } from "node:path";
import { core, type types } from "@pulumi/kubernetes";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Input,
  type Output,
  output,
} from "@pulumi/pulumi";
import type { Component, ConfigFile } from "../../system/component.ts";
import { configFolder } from "../../system/names.ts";

export interface ConfigObjectsArgs {
  component: Component;
  namespace: Output<string>;
  labels: Record<string, string>;
  /** Options of each object in the namespace. */
  inNamespace: CustomResourceOptions;
}

/**
 * A component's environment and config files: a ConfigMap with the plain ones, a Secret with the secret ones. Both are
 * immutable: new content is a new object with a new name, which rolls the pods.
 */
export class ConfigObjects extends ComponentResource {
  readonly env: types.input.core.v1.EnvVar[];
  /** The config files as a volume for `configFolder`; undefined without any. */
  readonly files: types.input.core.v1.Volume | undefined;

  constructor(name: string, args: ConfigObjectsArgs, options: ComponentResourceOptions) {
    super("resume:kubernetes:Settings", name, {}, options);
    const { component, namespace, labels } = args;
    const inNamespace = { ...args.inNamespace, parent: this };
    const { plain, secret } = sorted(component.files);

    const config =
      plain.length === 0
        ? undefined
        : new core.v1.ConfigMap(
            `${name}-config`,
            {
              metadata: { name: `${name}-${contentHash(plain)}`, namespace, labels },
              immutable: true,
              data: Object.fromEntries(plain.map(({ path, content }) => [keyOf(path), content])),
            },
            inNamespace,
          );

    const hidden = Object.entries(component.env).filter(([, value]) => typeof value !== "string");
    const secrets =
      hidden.length + secret.length === 0
        ? undefined
        : new core.v1.Secret(
            `${name}-secrets`,
            {
              // Pulumi generates a new name for new content. A hash of a secret must not be public.
              metadata: { namespace, labels },
              immutable: true,
              data: Object.fromEntries([
                ...hidden.map(([key, value]) => [key, base64(value)]),
                ...secret.map(({ path, content }) => [keyOf(path), base64(content)]),
              ]),
            },
            inNamespace,
          );

    this.env = Object.entries(component.env).map(([key, value]) =>
      typeof value === "string" || secrets === undefined
        ? { name: key, value }
        : { name: key, valueFrom: { secretKeyRef: { name: secrets.metadata.name, key } } },
    );
    const sources: types.input.core.v1.VolumeProjection[] = [
      ...(config === undefined ? [] : [{ configMap: { name: config.metadata.name, items: plain.map(itemOf) } }]),
      ...(secrets === undefined || secret.length === 0
        ? []
        : [{ secret: { name: secrets.metadata.name, items: secret.map(itemOf) } }]),
    ];
    this.files =
      sources.length === 0 ? undefined : { name: configVolume, projected: { defaultMode: readByGroup, sources } };
    this.registerOutputs();
  }
}

/** The name of the volume that holds a component's files. */
export const configVolume = "config";

/** 0440: the owner is root, the group the pod's own. */
const readByGroup = 0o440;

interface PlainFile {
  path: string;
  content: string;
}

/** A string is plain; an output holds a secret. */
function sorted(files: readonly ConfigFile[]): { plain: PlainFile[]; secret: ConfigFile[] } {
  const plain = files.flatMap(({ path, content }) => (typeof content === "string" ? [{ path, content }] : []));
  return { plain, secret: files.filter(({ content }) => typeof content !== "string") };
}

/** 10 hex digits. */
function contentHash(files: readonly PlainFile[]) {
  return createHash("sha256")
    .update(JSON.stringify(files.map(({ path, content }) => [path, content])))
    .digest("hex")
    .slice(0, 10);
}

/** @throws {Error} when the file is not in the config folder, and so not in the volume */
export function pathInFolder(path: string): string {
  const inFolder = posix.relative(configFolder, path);
  if (inFolder.startsWith("..")) {
    throw new Error(`the config file ${path} is not in ${configFolder}`);
  }
  return inFolder;
}

/** Keys can't contain slashes. */
function keyOf(path: string) {
  return pathInFolder(path).replaceAll("/", "_");
}

function itemOf({ path }: { path: string }) {
  return { key: keyOf(path), path: pathInFolder(path) };
}

function base64(text: Input<string>) {
  return output(text).apply((known) => Buffer.from(known).toString("base64"));
}
