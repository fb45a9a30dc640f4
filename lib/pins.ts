import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./paths.ts";
import { UserError } from "./user-error.ts";

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** The exact version that package.json pins a dependency to. */
export function pinnedVersion(name: string): string {
  const file: unknown = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8"));
  const dependencies = isRecord(file) ? file.dependencies : undefined;
  const version = isRecord(dependencies) ? dependencies[name] : undefined;
  if (typeof version !== "string" || !/^\d+\.\d+\.\d+$/.test(version)) {
    throw new UserError(`package.json pins ${name} to no exact version.`);
  }
  return version;
}

/** The provider plugins that the program needs, in the versions of their npm packages. */
export function pluginVersions(): Record<"docker" | "kubernetes" | "random", string> {
  return {
    docker: pinnedVersion("@pulumi/docker"),
    kubernetes: pinnedVersion("@pulumi/kubernetes"),
    random: pinnedVersion("@pulumi/random"),
  };
}
