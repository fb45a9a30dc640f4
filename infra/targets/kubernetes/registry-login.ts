import { core } from "@pulumi/kubernetes";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Output,
  secret,
} from "@pulumi/pulumi";
import type { Labels } from "../../labels.ts";

export interface RegistryLoginArgs {
  /** A Docker config in JSON, with `auths`. */
  login: string;
  namespace: Output<string>;
  labels: Labels;
  inNamespace: CustomResourceOptions;
}

/** The credentials that nodes pull images with. The name is fixed, so that a new password rolls no pod. */
export class RegistryLogin extends ComponentResource {
  readonly secretName: Output<string>;

  constructor(
    name: string,
    { login, namespace, labels, inNamespace }: RegistryLoginArgs,
    options: ComponentResourceOptions,
  ) {
    super("resume:kubernetes:RegistryLogin", name, {}, options);
    const made = new core.v1.Secret(
      name,
      {
        metadata: { name, namespace, labels: { ...labels } },
        type: "kubernetes.io/dockerconfigjson",
        data: { ".dockerconfigjson": secret(Buffer.from(login).toString("base64")) },
      },
      { ...inNamespace, parent: this },
    );
    this.secretName = made.metadata.name;
    this.registerOutputs();
  }
}
