// What several files, and other folders, need to know of the components. Imports nothing, so that commands load no SDK.

export const componentNames = [
  "redis",
  "resume",
  "nginx",
  "nginx-exporter",
  "redis-exporter",
  "prometheus",
  "grafana",
] as const;
export type ComponentName = (typeof componentNames)[number];

/** The secrets that the stack generates. */
export const ownSecrets = ["redisPassword", "sessionKey", "grafanaPassword"] as const;
export type OwnSecret = (typeof ownSecrets)[number];

export function isOwnSecret(name: string): name is OwnSecret {
  return ownSecrets.some((known) => known === name);
}

/** The port that each component listens on inside of the stack; all of them above 1024, since none runs as root. */
export const ports = {
  redis: 6379,
  resume: 3000,
  nginx: 8080,
  nginxTls: 8443,
  /** nginx's own health and status: never published. */
  nginxStatus: 8081,
  nginxExporter: 9113,
  redisExporter: 9121,
  prometheus: 9090,
  grafana: 3000,
} as const;

/** Where config files are put in a container. */
export const configFolder = "/etc/stack";

export const redisConfigFile = `${configFolder}/redis.conf`;

/** Sets the password for Redis' CLI, in a shell of Redis' container. */
export const redisAuth = `REDISCLI_AUTH="$(sed -n 's/^requirepass //p' ${redisConfigFile})"`;

export const redisCli = `redis-cli -p ${ports.redis}`;

/** Redis' key of the stream of all messages. The service has the same name. */
export const messageStream = "messages";

/** Contains the admin's initial password. */
export const grafanaPasswordFile = `${configFolder}/admin-password`;

/** Grafana's own data. */
export const grafanaFolder = "/var/lib/grafana";
