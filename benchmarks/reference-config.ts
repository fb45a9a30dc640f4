import { UserError } from "../lib/user-error.ts";

/**
 * The stack's own nginx configuration, changed so far that it serves one file. What differs:
 * - `location /` answers from a folder: no cache, no replica behind it.
 * - It writes no access log. The stack's does not write one either for what comes from the cache.
 *
 * All else stays: workers, connections, keep-alive, logs, file cache, the headers that nginx adds, all other locations.
 */
export const staticConfig = (config: string, folder: string): string =>
  replaceBlock(
    config,
    "location / {",
    `location / {\n            root ${folder};\n            access_log off;\n        }`,
  );

/**
 * The stack's own nginx configuration with another name behind it. Nothing else differs: balancing, retries, connections
 * that are kept, the place that probes have.
 */
export function upstreamConfig(config: string, host: string): string {
  const server = /^(\s*server )[\w.-]+(:\d+ resolve\b)/gm;
  if (!server.test(config)) throw new UserError("nginx' configuration has no upstream server that is looked up again.");
  return config.replace(server, `$1${host}$2`);
}

/** Replaces a block, from its opening line to the brace that closes it. Braces in nginx' configuration come in pairs. */
function replaceBlock(config: string, opening: string, replacement: string): string {
  const start = config.indexOf(opening);
  if (start < 0) throw new UserError(`nginx' configuration has no "${opening}".`);
  let depth = 1;
  let end = start + opening.length;
  for (; depth > 0 && end < config.length; end++) {
    if (config[end] === "{") depth++;
    if (config[end] === "}") depth--;
  }
  return config.slice(0, start) + replacement + config.slice(end);
}
