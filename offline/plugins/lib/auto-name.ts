/** Names for resources whose program gives none. */
import { createHash, randomBytes } from "node:crypto";

/** How a plugin names resources. The defaults are the Terraform bridge's. */
export interface NameRules {
  /** Hex digits at the end. */
  digits: number;
  /** Characters in all. */
  maxLength: number;
}

const bridgeRules: NameRules = { digits: 7, maxLength: 255 };

export interface NameProposal {
  name: string;
  mode: "propose" | "enforce" | "disable";
}

/** The last part of a URN, the name in the program. */
export function urnName(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** The type in a URN; a child's URN holds its parents' types before it. */
export function urnType(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/**
 * `<resource name>-<hex digits>`, as the official plugins name things. The digits follow from the engine's seed when
 * it sends one (a plan gets the same name again), otherwise they are random. The project's own `autonaming` settings win.
 * @throws when the name gets too long, or automatic naming is off.
 */
export function autoName(
  urn: string,
  seed: Uint8Array,
  proposal: NameProposal | undefined,
  { digits, maxLength }: NameRules = bridgeRules,
): string {
  if (proposal?.mode === "disable") {
    throw new Error("automatic naming is disabled but no explicit name was provided");
  }
  const name = proposal ? proposal.name : `${urnName(urn)}-${suffix(urn, seed, digits)}`;
  if (proposal?.mode !== "enforce" && name.length > maxLength) {
    throw new Error(`calculated name '${name}' exceeds maximum length of ${maxLength}`);
  }
  return name;
}

function suffix(urn: string, seed: Uint8Array, digits: number): string {
  const bytes = seed.length === 0 ? randomBytes(digits) : createHash("sha256").update(seed).update(urn).digest();
  return Buffer.from(bytes).toString("hex").slice(0, digits);
}
