import { RunError } from "@pulumi/pulumi";
import Docker from "dockerode";

const defaultHost = "unix:///var/run/docker.sock";

/** Which Docker engine the docker provider will talk to: `docker:host` of the stack's config, else DOCKER_HOST, else the usual socket. */
export const engineHost = (configured: string | undefined) => configured ?? process.env.DOCKER_HOST ?? defaultHost;

/** True where the engine shares this machine's ports and processes. */
export const isLocal = (host: string) => /^(unix|npipe):/.test(host);

/** The host name under which published ports of a remote engine are reached. */
export const remoteName = (host: string) => (isLocal(host) ? undefined : new URL(host).hostname);

/**
 * A client for that engine.
 *
 * @throws RunError where the host is not a unix, npipe, tcp, http, https or ssh address
 */
export function connect(host: string): Docker {
  if (isLocal(host)) return new Docker({ socketPath: host.replace(/^(unix|npipe):\/\//, "") });
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url === undefined || !/^(tcp|http|https|ssh):$/.test(url.protocol)) {
    throw new RunError(
      `docker:host is "${host}"; allowed: an address that starts with unix://, npipe://, tcp:// or ssh://.`,
    );
  }
  const port = url.port === "" ? undefined : Number(url.port);
  if (url.protocol === "ssh:") {
    return new Docker({
      protocol: "ssh",
      host: url.hostname,
      ...(port === undefined ? {} : { port }),
      ...(url.username === "" ? {} : { username: url.username }),
    });
  }
  // DOCKER_CERT_PATH and DOCKER_TLS_VERIFY are read by the client itself where DOCKER_HOST is in force.
  if (host === process.env.DOCKER_HOST) return new Docker();
  return new Docker({ protocol: url.protocol === "https:" ? "https" : "http", host: url.hostname, port: port ?? 2375 });
}
