import { ConfigError, namespace } from "./errors.ts";
import { configKeys, factsOf } from "./keys.ts";
import { parseJson } from "./values.ts";

/** Names in a kubeconfig that have a credential as their value. `tokenFile` and the like name files. */
const credential =
  /(^|[\s{,"'])(token|password|client-key-data|id-token|access-token|refresh-token|client-secret)["']?\s*:\s*["']?[^\s"',}]/m;

type Find = (value: unknown) => string[];

/** How the secrets of each key are found: their paths below the key. */
const finders: Readonly<Record<string, Find>> = {
  ...Object.fromEntries(
    configKeys.flatMap((key) => {
      const { secret } = factsOf(key);
      return typeof secret === "object" ? [[`${namespace}:${key}`, partsOf(secret)]] : [];
    }),
  ),
  "docker:keyMaterial": partsOf([""]),
  "docker:registryAuth": partsOf(["*.password", "*.configFileContent"]),
  // A path of a file is no secret.
  "kubernetes:kubeconfig": (value) => (credential.test(plainText(value)) ? [""] : []),
};

/** What is longer than the one line of the CLI's prompt: the file that it may be read from. */
const files: Readonly<Record<string, string>> = {
  [`${namespace}:tls.key`]: "key.pem",
  [`${namespace}:imagePullSecret`]: "~/.docker/config.json",
  "docker:keyMaterial": "key.pem",
  "kubernetes:kubeconfig": "kubeconfig.yaml",
};

/** `npm run logs` and the like read no secrets. */
const hints: Readonly<Record<string, string>> = {
  "kubernetes:kubeconfig": " Or set it to the path of a kubeconfig, which all commands can read.",
};

/**
 * Refuses a config with secrets in plain text, which Pulumi would copy into the stack's history.
 *
 * @param config the values by key, as in Pulumi.<stack>.yaml: what is encrypted there is an object `{ secure }`
 * @throws {ConfigError} with a sentence for each, which says how to encrypt it
 */
export function refusePlainSecrets(config: Readonly<Record<string, unknown>>, stack: string): void {
  const found = Object.entries(finders).flatMap(([key, find]) =>
    find(config[key]).map((part) => (files[key] === undefined ? `${key}${part}` : key)),
  );
  if (found.length > 0) {
    throw new ConfigError([...new Set(found)].map((path) => cure(path, stack)));
  }
}

function cure(path: string, stack: string): string {
  const file = files[path];
  const argument = /[[\]"]/.test(path) ? `'${path}'` : path;
  const command = `npm run pulumi -- config set --secret --path ${argument} --stack ${stack}${file === undefined ? "" : ` < ${file}`}`;
  return `${path} is a secret, but in plain text. Encrypt it: ${command}${file === undefined ? " (asks for the value)" : ""}.${hints[path] ?? ""} Who can read the config file, or its history where git has it, knows the old value: use a new one.`;
}

function partsOf(parts: readonly string[]): Find {
  return (value) => [...new Set(parts.flatMap((part) => plainParts(value, part === "" ? [] : part.split("."))))];
}

/** The paths below a value, each of which starts with its separator, where plain text is. */
function plainParts(value: unknown, [name, ...rest]: readonly string[]): string[] {
  if (value === undefined || value === null || value === "" || isEncrypted(value)) {
    return [];
  }
  if (name === undefined) {
    return [""];
  }
  if (typeof value !== "object") {
    // An object may be set as one JSON text. Its parts have no paths then. A text that is no object is wrong: it may hold anything.
    const parsed = parseObject(String(value));
    return parsed === undefined || plainParts(parsed, [name, ...rest]).length > 0 ? [""] : [];
  }
  return Object.entries(value)
    .filter(([own]) => name === "*" || own === name)
    .flatMap(([own, item]) => {
      const step = Array.isArray(value) ? `[${own}]` : /^[\w-]+$/.test(own) ? `.${own}` : `["${own}"]`;
      return plainParts(item, rest).map((path) => `${step}${path}`);
    });
}

/** The object or list in a JSON text; undefined where it is none. */
export function parseObject(text: string): object | undefined {
  const parsed = parseJson(text);
  return typeof parsed === "object" && parsed !== null ? parsed : undefined;
}

function isEncrypted(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value;
}

function plainText(value: unknown): string {
  return typeof value === "string"
    ? value
    : (JSON.stringify(value, (_, item: unknown) => (isEncrypted(item) ? undefined : item)) ?? "");
}
