import { disabled } from "../../lib/images.ts";
import type { Config, ConfigKey } from "./config.ts";
import { ConfigError, namespace, plainOnly, refusal } from "./errors.ts";
import { configKeys, configSchema, factsOf, isConfigKey } from "./keys.ts";
import { sharedPorts } from "./ports.ts";
import { validateKubernetes } from "./validate-kubernetes.ts";

/** The values that are set, by key without the namespace. */
type Texts = Readonly<Record<string, string>>;

/**
 * Parses and checks the stack's config.
 *
 * @param secrets the keys that were set with `--secret`
 * @throws {ConfigError} when a key is unknown or its value is not allowed; no error shows a secret
 */
export function parseConfig(texts: Texts, secrets: ReadonlySet<string> = new Set()): Config {
  const errors = Object.keys(texts)
    .filter((name) => !isConfigKey(name))
    .map((name) => `${namespace}:${name} is not a key of this program; its keys: ${configKeys.join(", ")}.`);

  const secretKeys = new Set([...secrets].filter(isConfigKey));
  const shown = [...secretKeys].filter((key) => factsOf(key).secret === undefined);
  // Errors about other keys could show the values of these, so these come alone.
  if (shown.length > 0) {
    throw new ConfigError([...errors, ...shown.map((key) => plainOnly(`${namespace}:${key}`))]);
  }

  const given = (key: ConfigKey) => texts[key] ?? factsOf(key).default;
  const display = (key: ConfigKey) =>
    typeof factsOf(key).secret === "object" || secretKeys.has(key) ? "(hidden)" : given(key);
  const bad = configKeys.filter((key) => !configSchema.shape[key].safeParse(given(key).trim()).success);
  errors.push(...bad.map((key) => refusal(key, display(key), factsOf(key).allowed)));

  // A bad value counts as the default, so that it does not hide what is wrong with others.
  const sound = configKeys.map((key) => [key, bad.includes(key) ? factsOf(key).default : given(key).trim()]);
  const config: Config = { ...configSchema.parse(Object.fromEntries(sound)), secretKeys };
  if (config.alerts !== undefined && config.images.grafana === disabled) {
    errors.push(
      refusal("alerts", "(hidden)", `nothing while ${namespace}:images leaves Grafana out, which would call`),
    );
  }
  errors.push(
    ...irrelevantKeys(texts, config.target).map((key) =>
      refusal(key, display(key), `nothing while ${namespace}:target is ${config.target}`),
    ),
    ...sharedPorts(config),
    ...(config.target === "kubernetes" ? validateKubernetes(config) : []),
  );
  if (errors.length > 0) {
    throw new ConfigError(errors);
  }
  return config;
}

/** Keys that are set though the target does not use them: whoever set them expects an effect. */
function irrelevantKeys(texts: Texts, target: Config["target"]): ConfigKey[] {
  return configKeys.filter((key) => {
    const { default: text, target: only } = factsOf(key);
    return only !== undefined && only !== target && texts[key] !== undefined && texts[key].trim() !== text;
  });
}
