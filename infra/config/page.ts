import { markdownTable } from "../../lib/generated-table.ts";
import { configKeys, factsOf, type KeyFacts } from "./keys.ts";

/** The table of docs/config.md: a row for each key. */
export function configTable(): string {
  const rows = configKeys.map((key) => {
    const facts = factsOf(key);
    const value = facts.default === "" ? "none" : `\`${facts.default}\``;
    return [`\`${key}\``, value, facts.allowed, meaning(facts)];
  });
  return markdownTable(["key", "default", "allowed", "meaning"], rows);
}

function meaning({ means, target, secret }: KeyFacts): string {
  return [
    ...(target === undefined ? [] : [`Only for target \`${target}\`.`]),
    means,
    ...(secret === undefined ? [] : [secret === "allowed" ? "May be set with `--secret`." : secretParts(secret)]),
  ].join(" ");
}

function secretParts(parts: readonly string[]): string {
  return `${parts.map((part) => `\`${part}\``).join(", ")}: only with \`--secret\`.`;
}
