/** Credentials for a registry, as `docker login` keeps them. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

export interface RegistryAuth {
  username: string;
  password: string;
  serveraddress: string;
}

/** Docker keeps the credentials of its default registry under an address with this ending. */
const defaultRegistryEnding = "/v1/";

/** The registry in an image reference: the first part when it looks like a host; undefined for the default one. */
export function registryOf(image: string): string | undefined {
  const first = image.includes("/") ? image.slice(0, image.indexOf("/")) : "";
  return first === "localhost" || /[.:]/.test(first) ? first : undefined;
}

/**
 * The plain credentials in Docker's config.json for an image's registry. Credential helpers are not asked: then there
 * are none, and the registry decides.
 */
export async function registryAuth(image: string): Promise<RegistryAuth | undefined> {
  const directory = process.env.DOCKER_CONFIG ?? join(homedir(), ".docker");
  const content = await readFile(join(directory, "config.json"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      return "{}";
    }
    throw error;
  });
  const auths = property(JSON.parse(content), "auths");
  const addresses = typeof auths === "object" && auths !== null ? Object.keys(auths) : [];
  const registry = registryOf(image) ?? addresses.find((address) => address.endsWith(defaultRegistryEnding));
  const encoded = registry === undefined ? undefined : property(property(auths, registry), "auth");
  if (registry === undefined || typeof encoded !== "string" || encoded === "") {
    return undefined;
  }
  const [username = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return { username, password: rest.join(":"), serveraddress: registry };
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}
