import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import type Docker from "dockerode";
import tar from "tar-stream";
import { ports } from "../infra/system/names.ts";
import { interruption } from "../lib/interruption.ts";
import { UserError } from "../lib/user-error.ts";
import { bareKoa } from "./bare-koa.ts";
import { staticConfig, upstreamConfig } from "./reference-config.ts";
import { nginxConfigPath, type RunningStack } from "./stack.ts";

/** Marks every container that the benchmark starts. None of the stack's own labels: it belongs to no stack. */
const label = "resume.benchmark";

/** Where the references have what they serve and run. */
const folder = "/srv/reference";
const koaHost = "bare-koa";

export interface Reference {
  url: string;
  nginx: string;
  replicas: string[];
}

/** The references of one comparison, on the stack's own engine and network. */
export class References {
  readonly #engine: Docker;
  readonly #stack: RunningStack;

  constructor(engine: Docker, stack: RunningStack) {
    this.#engine = engine;
    this.#stack = stack;
  }

  /** The stack's nginx image, limits and configuration, serving these bytes as a file. */
  async staticPage(page: Uint8Array): Promise<Reference> {
    const nginx = await this.#startNginx("static", staticConfig(this.#stack.nginxConfig, folder), page);
    return { ...nginx, url: `${nginx.url}/index.html`, replicas: [] };
  }

  /**
   * As many replicas as the stack has, with their image, Node flags and limits, that run a bare Koa "ok", behind the
   * stack's nginx. What differs from the stack's: their root can be written to, since the engine takes no files else;
   * no health check runs in them.
   */
  async bareKoa(): Promise<Reference> {
    const code = Buffer.from(await bareKoa());
    const replicas: string[] = [];
    for (const [index, model] of this.#stack.replicas.entries()) {
      const file = `${folder}/${index}.js`;
      replicas.push(
        await this.#start(
          {
            ...like(model),
            name: `resume-bench-koa-${index}`,
            Cmd: [...model.Config.Cmd.slice(0, -1), file],
            Env: nodeEnv(model),
          },
          { [file]: code },
          koaHost,
        ),
      );
    }
    return { ...(await this.#startNginx("koa", upstreamConfig(this.#stack.nginxConfig, koaHost))), replicas };
  }

  /** Removes all references, also those that a comparison which was killed has left. */
  async remove(): Promise<void> {
    const left = await this.#engine.listContainers({ all: true, filters: { label: [label] } });
    await Promise.all(left.map(({ Id }) => this.#engine.getContainer(Id).remove({ force: true, v: true })));
  }

  async #startNginx(name: string, config: string, page?: Uint8Array): Promise<Omit<Reference, "replicas">> {
    const model = this.#stack.nginx;
    const port = `${ports.nginx}/tcp`;
    const options = like(model);
    const id = await this.#start(
      {
        ...options,
        name: `resume-bench-${name}`,
        Cmd: model.Config.Cmd,
        ExposedPorts: { [port]: {} },
        HostConfig: { ...options.HostConfig, PortBindings: { [port]: [{ HostIp: "127.0.0.1", HostPort: "" }] } },
      },
      {
        [nginxConfigPath(model)]: Buffer.from(config),
        ...(page === undefined ? {} : { [`${folder}/index.html`]: Buffer.from(page) }),
      },
      `resume-bench-${name}`,
    );
    const { NetworkSettings } = await this.#engine.getContainer(id).inspect();
    const [binding] = NetworkSettings.Ports[port] ?? [];
    if (binding === undefined) throw new UserError(`The reference ${name} has no port: ${await this.#logs(id)}`);
    const url = `http://127.0.0.1:${binding.HostPort}`;
    await this.#untilItAnswers(`${url}/health`, id, page === undefined ? 200 : undefined);
    return { nginx: id, url };
  }

  /** @returns the id of a container that was created, was given these files, and was started */
  async #start(options: Docker.ContainerCreateOptions, files: Record<string, Buffer>, alias: string): Promise<string> {
    interruption.throwIfAborted();
    const container = await this.#engine.createContainer({
      ...options,
      Labels: { [label]: "reference" },
      Healthcheck: { Test: ["NONE"] },
      NetworkingConfig: { EndpointsConfig: { [this.#stack.network]: { Aliases: [alias] } } },
    });
    await container.putArchive(await archive(files), { path: "/" });
    await container.start();
    return container.id;
  }

  /** @param status that it must have; any will do where it is undefined */
  async #untilItAnswers(url: string, id: string, status: number | undefined): Promise<void> {
    for (let attempt = 0; attempt < 50; attempt++) {
      interruption.throwIfAborted();
      const answer = await fetch(url).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer !== undefined && (status === undefined || answer.status === status)) return;
      await pause(200);
    }
    throw new UserError(`A reference does not answer at ${url}: ${await this.#logs(id)}`);
  }

  async #logs(id: string): Promise<string> {
    const bytes = await this.#engine.getContainer(id).logs({ stdout: true, stderr: true, tail: 20 });
    return bytes.toString("utf8").trim();
  }
}

/** Image, user and limits of a container of the stack, without what ties it there: ports, volumes, environment, restarts. */
function like({ Image, Config, HostConfig }: Docker.ContainerInspectInfo): Docker.ContainerCreateOptions {
  const {
    NanoCpus,
    Memory,
    MemorySwap,
    Ulimits,
    Sysctls,
    CapDrop,
    CapAdd,
    SecurityOpt,
    Tmpfs,
    LogConfig,
    NetworkMode,
  } = HostConfig;
  return {
    Image,
    User: Config.User,
    HostConfig: {
      NanoCpus,
      Memory,
      MemorySwap,
      Ulimits,
      Sysctls,
      CapDrop,
      CapAdd,
      SecurityOpt,
      Tmpfs,
      LogConfig,
      NetworkMode,
    },
  };
}

/** What Node itself reads. The image's own variables are there anyway. */
const nodeEnv = ({ Config: { Env } }: Docker.ContainerInspectInfo): string[] =>
  Env.filter((line) => /^(NODE_|UV_)/.test(line));

/** A tar archive of files by their absolute path, readable for everyone. */
function archive(files: Record<string, Buffer>): Promise<Buffer> {
  const packed = tar.pack();
  for (const [path, content] of Object.entries(files)) packed.entry({ name: path.slice(1), mode: 0o444 }, content);
  packed.finalize();
  return buffer(packed);
}
