/** docker:index/container:Container */
import { setTimeout as pause } from "node:timers/promises";
import type Docker from "dockerode";
import { PartialFailure } from "../lib/partial-failure.ts";
import type { TerraformResource } from "../lib/terraform-resource.ts";
import type { Props } from "../lib/values.ts";
import { containerFacts } from "./container-facts.ts";
import { containerFields } from "./container-fields.ts";
import { createOptions, restartPolicy } from "./container-options.ts";
import { messageOf, statusOf, unlessMissing } from "./engine-errors.ts";
import { number, objects, text, texts } from "./fields.ts";
import { waitUntilHealthy } from "./health.ts";
import { findOrPull } from "./local-image.ts";
import { upload } from "./uploads.ts";

const mib = 1024 * 1024;

/** Properties that the engine can change in an existing container. */
const updatable = [
  "restart",
  "maxRetryCount",
  "cpuShares",
  "cpuPeriod",
  "cpuQuota",
  "memory",
  "memoryReservation",
  "cpuSet",
  "memorySwap",
];

export function container(docker: Docker): TerraformResource {
  return {
    fields: containerFields,
    meta: '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":1200000000000,"delete":1200000000000,"update":1200000000000},"schema_version":"2"}',
    deleteBeforeReplace: true,

    create: async (planned) => {
      const image = text(planned.image);
      await findOrPull(docker, image, text(planned.platform)).catch((error: unknown) => {
        throw new Error(`unable to create container with image ${image}: ${messageOf(error)}`);
      });
      const made = await docker.createContainer(createOptions(planned)).catch((error: unknown) => {
        throw new Error(`unable to create container ${text(planned.name)}: ${messageOf(error)}`);
      });
      await bringUp(docker, made, planned);
      return { id: made.id, facts: containerFacts(await mustRun(made, planned)) };
    },

    read: async (id, state) => {
      const found = await unlessMissing(docker.getContainer(id).inspect());
      if (found === undefined) {
        return undefined;
      }
      const stopped = !found.State.Running && state.mustRun === true && state.start !== false;
      return { id: found.Id, facts: { ...containerFacts(found), ...(stopped ? { mustRun: false } : {}) } };
    },

    update: async (id, planned, changed) => {
      const existing = docker.getContainer(id);
      if (updatable.some((name) => changed.has(name))) {
        await existing.update(updateOptions(planned)).catch((error: unknown) => {
          throw new Error(`unable to update container ${text(planned.name)}: ${messageOf(error)}`);
        });
      }
      if (changed.has("mustRun") && planned.mustRun === true && planned.start !== false) {
        await startAgain(existing, planned);
        return containerFacts(await existing.inspect());
      }
      return {};
    },

    remove: async (id, state) => {
      const existing = docker.getContainer(id);
      await tolerate([304, 404], existing.stop({ t: number(state.destroyGraceSeconds) }));
      await tolerate([404, 409], existing.remove({ v: state.removeVolumes === true, force: true }));
      await tolerate([404], existing.wait({ condition: state.rm === true ? "removed" : "not-running" }));
    },
  };
}

/** Networks, files, start, health. When one fails the container stays and is recorded, as the official plugin does. */
async function bringUp(docker: Docker, made: Docker.Container, planned: Props): Promise<void> {
  try {
    await connectNetworks(docker, made, planned);
    for (const entry of objects(planned.uploads)) {
      await upload(made, entry);
    }
    if (planned.start !== false) {
      await made.start();
      await waitIfAsked(made, planned);
    }
  } catch (error) {
    const facts = await made.inspect().then(containerFacts, () => ({}));
    throw new PartialFailure(made.id, facts, messageOf(error));
  }
}

async function connectNetworks(docker: Docker, made: Docker.Container, planned: Props): Promise<void> {
  const networks = objects(planned.networksAdvanced);
  if (networks.length === 0) {
    return;
  }
  await docker
    .getNetwork("bridge")
    .disconnect({ Container: made.id, Force: false })
    .catch((error: unknown) => {
      if (!messageOf(error).includes("is not connected to")) {
        throw error;
      }
    });
  for (const network of networks) {
    const name = text(network.name);
    await docker
      .getNetwork(name)
      .connect({ Container: made.id, EndpointConfig: endpointOptions(network) })
      .catch((error: unknown) => {
        throw new Error(`unable to connect to network '${name}': ${messageOf(error)}`);
      });
  }
}

function endpointOptions(network: Props): Docker.EndpointSettings {
  const [ipv4, ipv6] = [text(network.ipv4Address), text(network.ipv6Address)];
  const linkLocal = texts(network.linkLocalIps);
  const driverOpts = texts(network.driverOpts).map((option) => {
    const [key = "", ...value] = option.split("=");
    return [key, value.join("=")];
  });
  const mac = text(network.macAddress);
  const priority = number(network.gwPriority);
  return {
    Aliases: texts(network.aliases),
    IPAMConfig: {
      ...(ipv4 === "" ? {} : { IPv4Address: ipv4 }),
      ...(ipv6 === "" ? {} : { IPv6Address: ipv6 }),
      ...(linkLocal.length === 0 ? {} : { LinkLocalIPs: linkLocal }),
    },
    ...(driverOpts.length === 0 ? {} : { DriverOpts: Object.fromEntries(driverOpts) }),
    ...(mac === "" ? {} : { MacAddress: mac }),
    ...(priority === 0 ? {} : { GwPriority: priority }),
  };
}

async function waitIfAsked(made: Docker.Container, planned: Props): Promise<void> {
  if (planned.wait === true) {
    await waitUntilHealthy(made, text(planned.name), number(planned.waitTimeout));
  }
}

/**
 * How long a container that nobody waits for is given to end, in milliseconds. The official plugin looks after 100 ms; a
 * busy engine takes longer to know of an end.
 */
const firstMoments = 1000;

/** A container that must run and has ended already is removed, and its creation fails. */
async function mustRun(made: Docker.Container, planned: Props): Promise<Docker.ContainerInspectInfo> {
  const looksUntil = planned.mustRun === true && planned.wait !== true ? Date.now() + firstMoments : 0;
  let found = await made.inspect();
  while (found.State.Running && Date.now() < looksUntil) {
    await pause(100);
    found = await made.inspect();
  }
  if (found.State.Running || planned.mustRun !== true || planned.start === false) {
    return found;
  }
  await tolerate([404, 409], made.remove({ v: planned.removeVolumes === true, force: true }));
  throw new Error(`container ${text(planned.name)} exited immediately with code ${found.State.ExitCode}`);
}

async function startAgain(existing: Docker.Container, planned: Props): Promise<void> {
  try {
    await tolerate([304], existing.start());
    await waitIfAsked(existing, planned);
  } catch (error) {
    throw new Error(`unable to start container ${text(planned.name)}: ${messageOf(error)}`);
  }
}

function updateOptions(planned: Props): object {
  const swap = number(planned.memorySwap);
  return {
    RestartPolicy: restartPolicy(planned),
    CpuShares: number(planned.cpuShares),
    ...(text(planned.cpus) === "" && number(planned.cpuPeriod) > 0 ? { CpuPeriod: number(planned.cpuPeriod) } : {}),
    ...(text(planned.cpus) === "" && number(planned.cpuQuota) > 0 ? { CpuQuota: number(planned.cpuQuota) } : {}),
    Memory: number(planned.memory) * mib,
    MemoryReservation: number(planned.memoryReservation) * mib,
    CpusetCpus: text(planned.cpuSet),
    ...(swap === 0 ? {} : { MemorySwap: swap > 0 ? swap * mib : swap }),
  };
}

/** Waits for a call. These HTTP codes mean that nothing had to be done. */
async function tolerate(codes: number[], call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!codes.includes(statusOf(error) ?? 0)) {
      throw error;
    }
  }
}
