/** docker:index/remoteImage:RemoteImage: an image that is there already, or is pulled. */
import type Docker from "dockerode";
import type { Fields } from "../lib/schema.ts";
import type { TerraformResource } from "../lib/terraform-resource.ts";
import { messageOf } from "./engine-errors.ts";
import { text } from "./fields.ts";
import { findImage, findOrPull } from "./local-image.ts";

export const remoteImageFields = {
  build: { kind: "block", unsupported: true, fields: {} },
  forceRemove: { kind: "bool" },
  imageId: { kind: "string", outputOnly: true },
  keepLocally: { kind: "bool" },
  name: { kind: "string", required: true, replace: true },
  platform: { kind: "string", replace: true },
  pullTriggers: { kind: "set", replace: true },
  repoDigest: { kind: "string", outputOnly: true },
  triggers: { kind: "map", replace: true },
} as const satisfies Fields;

export function remoteImage(docker: Docker): TerraformResource {
  return {
    fields: remoteImageFields,
    meta: '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":1200000000000,"delete":1200000000000,"update":1200000000000}}',
    deleteBeforeReplace: false,

    create: async (planned) => {
      const name = text(planned.name);
      return factsOf(await findOrPull(docker, name, text(planned.platform)), name);
    },

    read: async (_id, state) => {
      const name = text(state.name);
      if (name === "") {
        throw new Error("a RemoteImage can't be imported, the official plugin doesn't offer that either");
      }
      const found = await findImage(docker, name);
      return found === undefined ? undefined : factsOf(found, name);
    },

    update: async (_id, planned) => {
      const name = text(planned.name);
      return factsOf(await findOrPull(docker, name, text(planned.platform)), name).facts;
    },

    remove: async (_id, state) => {
      const name = text(state.name);
      if (state.keepLocally === true || (await findImage(docker, name)) === undefined) {
        return;
      }
      await docker
        .getImage(name)
        .remove({ force: state.forceRemove === true })
        .catch((error: unknown) => {
          throw new Error(`unable to remove image ${name}: ${messageOf(error)}`);
        });
    },
  };
}

function factsOf(found: Docker.ImageInspectInfo, name: string) {
  return { id: found.Id + name, facts: { imageId: found.Id, name, repoDigest: repoDigest(found.RepoDigests, name) } };
}

/** The digest under the repository that the name asks for; empty for an image that no registry has. */
function repoDigest(digests: string[] | null | undefined, name: string): string {
  const repository = name.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
  const all = digests ?? [];
  return all.find((digest) => digest.startsWith(`${repository}@`)) ?? (all.length === 1 ? (all[0] ?? "") : "");
}
