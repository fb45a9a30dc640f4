/** docker:index/volume:Volume */
import type Docker from "dockerode";
import type { Fields } from "../lib/schema.ts";
import type { TerraformResource } from "../lib/terraform-resource.ts";
import type { Props } from "../lib/values.ts";
import { messageOf, removeWhenFree, unlessMissing } from "./engine-errors.ts";
import { labels, labelsFromMap, labelsToMap, text, textMap } from "./fields.ts";

export const volumeFields = {
  cluster: { kind: "block", unsupported: true, fields: {} },
  driver: { kind: "string", computed: true, replace: true },
  driverOpts: { kind: "map", replace: true },
  labels,
  mountpoint: { kind: "string", outputOnly: true },
  name: { kind: "string", autoName: true, computed: true, replace: true },
} as const satisfies Fields;

export function volume(docker: Docker): TerraformResource {
  return {
    fields: volumeFields,
    meta: '{"schema_version":"1"}',
    deleteBeforeReplace: false,

    create: async (planned) => {
      const name = text(planned.name);
      await docker
        .createVolume({
          Name: name,
          Driver: text(planned.driver) || "local",
          DriverOpts: textMap(planned.driverOpts),
          Labels: labelsToMap(planned.labels),
        })
        .catch((error: unknown) => {
          throw new Error(`unable to create volume ${name}: ${messageOf(error)}`);
        });
      return { id: name, facts: factsOf(await docker.getVolume(name).inspect()) };
    },

    read: async (id) => {
      const found = await unlessMissing(docker.getVolume(id).inspect());
      return found === undefined ? undefined : { id: found.Name, facts: factsOf(found) };
    },

    update: async () => ({}),

    remove: async (id) =>
      removeWhenFree(
        () => docker.getVolume(id).remove(),
        (error) => messageOf(error).includes("volume is in use"),
      ),
  };
}

function factsOf(found: Docker.VolumeInspectInfo): Props {
  return {
    driver: found.Driver,
    driverOpts: found.Options ?? {},
    labels: labelsFromMap(found.Labels),
    mountpoint: found.Mountpoint,
    name: found.Name,
  };
}
