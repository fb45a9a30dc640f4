/** docker:index/network:Network */
import type Docker from "dockerode";
import type { Fields } from "../lib/schema.ts";
import type { TerraformResource } from "../lib/terraform-resource.ts";
import type { Props } from "../lib/values.ts";
import { messageOf, removeWhenFree, unlessMissing } from "./engine-errors.ts";
import { labels, labelsFromMap, labelsToMap, objects, text, textMap } from "./fields.ts";

export const networkFields = {
  attachable: { kind: "bool", replace: true },
  driver: { kind: "string", computed: true, replace: true },
  ingress: { kind: "bool", replace: true },
  internal: { kind: "bool", computed: true, replace: true },
  ipamConfigs: {
    kind: "blockSet",
    tf: "ipam_config",
    computed: true,
    replace: true,
    fields: {
      auxAddress: { kind: "map", replace: true },
      gateway: { kind: "string", replace: true },
      ipRange: { kind: "string", replace: true },
      subnet: { kind: "string", replace: true },
    },
  },
  ipamDriver: { kind: "string", default: "default", replace: true },
  ipamOptions: { kind: "map", replace: true },
  ipv6: { kind: "bool", replace: true },
  labels,
  name: { kind: "string", autoName: true, required: true, replace: true },
  options: { kind: "map", computed: true, replace: true },
  scope: { kind: "string", outputOnly: true },
} as const satisfies Fields;

export function network(docker: Docker): TerraformResource {
  return {
    fields: networkFields,
    meta: '{"schema_version":"1"}',
    deleteBeforeReplace: false,

    create: async (planned) => {
      const created = await docker.createNetwork(createOptions(planned)).catch((error: unknown) => {
        throw new Error(`unable to create network ${text(planned.name)}: ${messageOf(error)}`);
      });
      return { id: created.id, facts: factsOf(await inspect(docker, created.id)) };
    },

    read: async (id) => {
      const found = await unlessMissing(inspect(docker, id));
      return found === undefined ? undefined : { id: found.Id, facts: factsOf(found) };
    },

    update: async () => ({}),

    remove: async (id) =>
      removeWhenFree(
        () => docker.getNetwork(id).remove(),
        (error) => messageOf(error).includes("has active endpoints"),
      ),
  };
}

function createOptions(planned: Props): Docker.NetworkCreateOptions {
  const configs = objects(planned.ipamConfigs).map((config) => ({
    Subnet: text(config.subnet),
    Gateway: text(config.gateway),
    IPRange: text(config.ipRange),
    AuxiliaryAddresses: textMap(config.auxAddress),
  }));
  return {
    Name: text(planned.name),
    Driver: text(planned.driver) || "bridge",
    Internal: planned.internal === true,
    Attachable: planned.attachable === true,
    Ingress: planned.ingress === true,
    EnableIPv6: planned.ipv6 === true,
    Options: textMap(planned.options),
    Labels: labelsToMap(planned.labels),
    IPAM: { Driver: text(planned.ipamDriver), Config: configs, Options: textMap(planned.ipamOptions) },
  };
}

async function inspect(docker: Docker, id: string): Promise<Docker.NetworkInspectInfo> {
  return docker.getNetwork(id).inspect();
}

function factsOf(found: Docker.NetworkInspectInfo): Props {
  return {
    attachable: found.Attachable,
    driver: found.Driver,
    ingress: found.Ingress,
    internal: found.Internal,
    ipamConfigs: (found.IPAM?.Config ?? []).map((config) => ({
      auxAddress: auxAddresses(config),
      gateway: config.Gateway ?? "",
      ipRange: config.IPRange ?? "",
      subnet: config.Subnet ?? "",
    })),
    ipamDriver: found.IPAM?.Driver ?? "",
    ipamOptions: found.IPAM?.Options ?? {},
    ipv6: found.EnableIPv6,
    labels: labelsFromMap(found.Labels),
    name: found.Name,
    options: found.Options ?? {},
    scope: found.Scope,
  };
}

function auxAddresses(config: { AuxiliaryAddresses?: Partial<Record<string, string>> | undefined }): Props {
  return Object.fromEntries(Object.entries(config.AuxiliaryAddresses ?? {}).map(([host, ip]) => [host, ip ?? ""]));
}
