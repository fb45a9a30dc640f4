import { formatDuration, parseDuration } from "../../../lib/docker-provider/duration.ts";
import { formatNanoCpus } from "../../../lib/docker-provider/nano-cpus.ts";

/** How the official docker plugin (5.2.0) gives an input back. What differs from the input is a change at every `up`. */
type ReadBack = (given: unknown) => unknown;

const asGiven: ReadBack = (given) => given;
/** Kept in the state as it was given: the engine mixes it with the image's own, or does not know it. */
const notRead = asGiven;
const wholeNumber: ReadBack = (given) => Math.trunc(Number(given));
const duration: ReadBack = (given) => formatDuration(parseDuration(String(given)) ?? Number.NaN);

/** An empty list or object and none are the same to the plugin. */
const orNone =
  (read: ReadBack): ReadBack =>
  (given) =>
    JSON.stringify(given) === "[]" || JSON.stringify(given) === "{}" ? given : read(given);

/** A set comes back in an order of its own and is compared without it; a value twice comes back once. */
const set: ReadBack = orNone((given) => (Array.isArray(given) ? [...new Set(given.map((item) => item))] : undefined));

/** Docker lists ports by number; the plugin compares them without their order. */
const ports: ReadBack = (given) =>
  Array.isArray(given)
    ? given.map(({ internal, external, ip, protocol }) => ({
        internal: Number(internal),
        external: Number(external),
        ip: String(ip),
        protocol: String(protocol),
      }))
    : undefined;

/** Numbers in maps come back as text. */
const textMap: ReadBack = orNone((given) =>
  Object.fromEntries(Object.entries(Object(given)).map(([key, value]) => [key, String(value)])),
);

const capabilities: ReadBack = (given) => {
  const { adds, drops } = Object(given);
  const named = (name: string) => (name === "ALL" || name.startsWith("CAP_") ? name : `CAP_${name}`);
  return { ...(adds === undefined ? {} : { adds: adds.map(named) }), drops: drops.map(named) };
};

const healthcheck: ReadBack = (given) => {
  const { tests, interval, timeout, startPeriod, retries } = Object(given);
  return {
    tests,
    interval: duration(interval),
    timeout: duration(timeout),
    startPeriod: duration(startPeriod),
    retries: wholeNumber(retries),
  };
};

const container: Readonly<Record<string, ReadBack>> = {
  name: asGiven,
  hostname: asGiven,
  image: asGiven,
  command: asGiven,
  envs: notRead,
  user: asGiven,
  networksAdvanced: notRead,
  ports,
  volumes: notRead,
  uploads: notRead,
  readOnly: asGiven,
  tmpfs: textMap,
  capabilities,
  securityOpts: set,
  sysctls: textMap,
  cpus: (given) => formatNanoCpus(Math.round(Number(given) * 1e9)),
  memory: wholeNumber,
  memorySwap: wholeNumber,
  ulimits: set,
  restart: asGiven,
  logDriver: asGiven,
  logOpts: textMap,
  labels: notRead,
  healthcheck,
  wait: notRead,
  waitTimeout: notRead,
  mustRun: notRead,
  stopSignal: asGiven,
  stopTimeout: wholeNumber,
  destroyGraceSeconds: notRead,
};

/**
 * Every input that the stack sets, by the type of its resource. Sources: the provider's own reading (kreuzwerker/docker
 * 3.x, resource_docker_*_funcs.go), the states recorded in reference/, and what real runs showed (cpus). An Image is not
 * the provider's but Pulumi's own: it keeps its inputs, and compares the digest of the build context beside them.
 */
export const readBack: Readonly<Record<string, Readonly<Record<string, ReadBack>>>> = {
  "docker:index/container:Container": container,
  "docker:index/network:Network": { driver: asGiven, labels: set },
  "docker:index/volume:Volume": { labels: set },
  "docker:index/remoteImage:RemoteImage": { name: asGiven, keepLocally: notRead },
  "docker:index/image:Image": { imageName: notRead, build: notRead, buildOnPreview: notRead, skipPush: notRead },
};
