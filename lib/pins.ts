import { join } from "node:path";
import { at } from "./at.ts";
import { readJson } from "./json-file.ts";
import { projectRoot } from "./paths.ts";
import { UserError } from "./user-error.ts";

/** The exact version of a dependency in package.json. @throws {UserError} when its version is not exact */
export function pinnedVersion(name: string): string {
  const version = at(readJson(join(projectRoot, "package.json")), "dependencies", name);
  if (typeof version !== "string" || !/^\d+\.\d+\.\d+$/.test(version)) {
    throw new UserError(`package.json pins ${name} to no exact version.`);
  }
  return version;
}

/** The versions of the provider plugins that the program needs. They are those of their npm packages. */
export function pluginVersions(): Record<"docker" | "kubernetes" | "random", string> {
  return {
    docker: pinnedVersion("@pulumi/docker"),
    kubernetes: pinnedVersion("@pulumi/kubernetes"),
    random: pinnedVersion("@pulumi/random"),
  };
}
