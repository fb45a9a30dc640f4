/** The secrets that the stack makes for itself. */
export const ownSecrets = ["redisPassword", "sessionKey", "grafanaPassword"] as const;
export type OwnSecret = (typeof ownSecrets)[number];

export function isOwnSecret(name: string): name is OwnSecret {
  return ownSecrets.some((known) => known === name);
}
