import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { isLevel, type Level } from "./log.ts";

/** The service's settings, read once at start from the environment. */
export interface Config {
  /** TCP port to listen on; 0 picks a free one. */
  readonly port: number;
  /** IP address to listen on; all addresses when it is undefined. */
  readonly listenAddress: string | undefined;
  /** The replica's name, sent with every response. */
  readonly replica: string;
  /** The version that runs: a content hash from the deployment. */
  readonly version: string;
  readonly logLevel: Level;
  /** The site's public address ("https://example.com"), for absolute links; undefined when not configured. */
  readonly publicUrl: string | undefined;
  /** How long a replica still accepts connections after SIGTERM, in seconds. */
  readonly drainSeconds: number;
  readonly cacheTtlSeconds: number;
  /** Messages that one client may send within ten minutes. */
  readonly contactLimit: number;
  /** Undefined without REDIS_HOST: the service then runs without sessions and data cache. */
  readonly redis: RedisConfig | undefined;
}

export interface RedisConfig {
  readonly host: string;
  readonly port: number;
  readonly password: string | undefined;
  /** Signs the session cookie. */
  readonly sessionKey: string;
  readonly sessionTtlSeconds: number;
}

/** Lists every invalid setting, one sentence each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The service can't start. ${problems.join(" ")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

const sessionKeyMinLength = 16;

/**
 * Reads the settings.
 * @throws {ConfigError} when a value is invalid; names all of them
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];

  const text = (key: string): string | undefined => {
    const value = env[key]?.trim();
    return value === "" ? undefined : value;
  };

  const whole = (key: string, fallback: number, min: number, max: number): number => {
    const value = text(key);
    if (value === undefined) {
      return fallback;
    }
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) {
      return number;
    }
    problems.push(`${key} is "${value}", but must be a whole number from ${min} to ${max}.`);
    return fallback;
  };

  /** Reads a secret from the variable KEY, or from the file that KEY_FILE names, without the trailing line feed. */
  const secret = (key: string): string | undefined => {
    const given = text(key);
    const path = text(`${key}_FILE`);
    if (given !== undefined || path === undefined) {
      return given;
    }
    try {
      const content = readFileSync(path, "utf8").trim();
      if (content !== "") {
        return content;
      }
      problems.push(`${key}_FILE names ${path}, but that file is empty.`);
    } catch (error) {
      const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
      problems.push(`${key}_FILE names ${path}, but that file can't be read (${reason}).`);
    }
    return undefined;
  };

  const level = (): Level => {
    const value = text("LOG_LEVEL") ?? "info";
    if (isLevel(value)) {
      return value;
    }
    problems.push(`LOG_LEVEL is "${value}", but must be debug, info, warn or error.`);
    return "info";
  };

  const origin = (key: string): string | undefined => {
    const value = text(key);
    if (value === undefined) {
      return undefined;
    }
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) {
      return url.origin;
    }
    problems.push(`${key} is "${value}", but must be an address such as https://example.com, without a path.`);
    return undefined;
  };

  const address = (key: string): string | undefined => {
    const value = text(key);
    if (value !== undefined && isIP(value) === 0) {
      problems.push(`${key} is "${value}", but must be an IP address.`);
    }
    return value;
  };

  const redis = (): RedisConfig | undefined => {
    const host = text("REDIS_HOST");
    const port = whole("REDIS_PORT", 6379, 1, 65_535);
    const password = secret("REDIS_PASSWORD");
    const sessionTtlSeconds = whole("SESSION_TTL_SECONDS", 3600, 1, 31_536_000);
    const problemsBefore = problems.length;
    const sessionKey = secret("SESSION_KEY");
    if (host === undefined) {
      return undefined;
    }
    if (sessionKey === undefined && problems.length === problemsBefore) {
      problems.push(
        "REDIS_HOST is set, but neither SESSION_KEY nor SESSION_KEY_FILE: sessions need a key to sign their cookie.",
      );
    }
    if (sessionKey !== undefined && sessionKey.length < sessionKeyMinLength) {
      problems.push(`The session key is shorter than ${sessionKeyMinLength} characters.`);
    }
    return { host, port, password, sessionKey: sessionKey ?? "", sessionTtlSeconds };
  };

  const config: Config = {
    port: whole("PORT", 3000, 0, 65_535),
    listenAddress: address("LISTEN_ADDRESS"),
    replica: hostname(),
    version: text("VERSION") ?? "dev",
    logLevel: level(),
    publicUrl: origin("PUBLIC_URL"),
    drainSeconds: whole("DRAIN_SECONDS", 2, 0, 300),
    cacheTtlSeconds: whole("CACHE_TTL_SECONDS", 60, 1, 31_536_000),
    contactLimit: whole("CONTACT_LIMIT", 5, 1, 1_000_000),
    redis: redis(),
  };
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  return config;
}
