import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import type Docker from "dockerode";
import tar from "tar-stream";
import { ports } from "../infra/system/names.ts";
import { interruption } from "../lib/interruption.ts";
import { projectRoot } from "../lib/paths.ts";
import { mustRun } from "../lib/run.ts";
import { UserError } from "../lib/user-error.ts";
import { nginxConfigPath, type RunningStack } from "./stack.ts";

/** On every container that the benchmark starts. No label of the stack: they belong to none. */
const label = "resume.benchmark";

/** The folder of what the references serve and run. */
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

  /** Removes all references, those of a killed comparison included. */
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
    if (binding === undefined) {
      throw new UserError(`The reference ${name} has no port: ${await this.#logs(id)}`);
    }
    const url = `http://127.0.0.1:${binding.HostPort}`;
    await this.#waitForSite(`${url}/health`, id, page === undefined ? 200 : undefined);
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
  async #waitForSite(url: string, id: string, status: number | undefined): Promise<void> {
    for (let attempt = 0; attempt < 50; attempt++) {
      interruption.throwIfAborted();
      const answer = await fetch(url).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer !== undefined && (status === undefined || answer.status === status)) {
        return;
      }
      await pause(200);
    }
    throw new UserError(`A reference does not answer at ${url}: ${await this.#logs(id)}`);
  }

  async #logs(id: string): Promise<string> {
    const bytes = await this.#engine.getContainer(id).logs({ stdout: true, stderr: true, tail: 20 });
    return bytes.toString("utf8").trim();
  }
}

/** The settings of a container that do not tie it to the stack, as ports, volumes, environment and restarts do. */
const copied = [
  ...["NanoCpus", "Memory", "MemorySwap", "Ulimits", "Sysctls"],
  ...["CapDrop", "CapAdd", "SecurityOpt", "Tmpfs", "LogConfig", "NetworkMode"],
];

/** Image, user and limits of a container of the stack. */
function like({ Image, Config, HostConfig }: Docker.ContainerInspectInfo): Docker.ContainerCreateOptions {
  const settings = Object.entries(HostConfig).filter(([name]) => copied.includes(name));
  return { Image, User: Config.User, HostConfig: Object.fromEntries(settings) };
}

/** The variables of Node itself. The image has its own. */
function nodeEnv({ Config: { Env } }: Docker.ContainerInspectInfo): string[] {
  return Env.filter((line) => /^(NODE_|UV_)/.test(line));
}

/** A tar archive of files by their absolute path, readable for everyone. */
function archive(files: Record<string, Buffer>): Promise<Buffer> {
  const packed = tar.pack();
  for (const [path, content] of Object.entries(files)) {
    packed.entry({ name: path.slice(1), mode: 0o444 }, content);
  }
  packed.finalize();
  return buffer(packed);
}

/** The least that Koa can answer with. The idle time is the service's: nginx must not meet connections that end by themselves. */
const source = `
import Koa from "koa";

const app = new Koa();
app.use((ctx) => {
  ctx.body = "ok";
});
const server = app.listen(3000);
server.keepAliveTimeout = 75_000;
process.on("SIGTERM", () => process.exit(0));
`;

export const bareKoaBody = "ok";

/** One file with the service's own version of Koa in it, made as service/build.ts makes the service's. */
export async function bareKoa(): Promise<string> {
  const service = join(projectRoot, "service");
  const folder = await mkdtemp(join(tmpdir(), "resume-bench-"));
  try {
    const file = join(folder, "bare-koa.js");
    await writeFile(file, source);
    const require = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
    const args = [
      "--bundle",
      "--platform=node",
      "--target=node24",
      "--format=esm",
      "--minify",
      `--banner:js=${require}`,
    ];
    return await mustRun(join(service, "node_modules/.bin/esbuild"), [file, ...args], {
      env: { NODE_PATH: join(service, "node_modules") },
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * The stack's own nginx configuration, changed so far that it serves one file. What differs:
 * - `location /` answers from a folder: no cache, no replica behind it.
 * - It writes no access log. The stack's does not write one either for what comes from the cache.
 *
 * All else stays: workers, connections, keep-alive, logs, file cache, the headers that nginx adds, all other locations.
 */
export function staticConfig(config: string, folder: string): string {
  return replaceBlock(
    config,
    "location / {",
    `location / {\n            root ${folder};\n            access_log off;\n        }`,
  );
}

/**
 * The stack's own nginx configuration with another name behind it. Nothing else differs: balancing, retries, connections
 * that are kept, the place that probes have.
 */
export function upstreamConfig(config: string, host: string): string {
  const server = /^(\s*server )[\w.-]+(:\d+ resolve\b)/gm;
  if (!server.test(config)) {
    throw new UserError("nginx' configuration has no upstream server that is looked up again.");
  }
  return config.replace(server, `$1${host}$2`);
}

/** Replaces a block, from its opening line to the brace that closes it. Braces in nginx' configuration come in pairs. */
function replaceBlock(config: string, opening: string, replacement: string): string {
  const start = config.indexOf(opening);
  if (start < 0) {
    throw new UserError(`nginx' configuration has no "${opening}".`);
  }
  let depth = 1;
  let end = start + opening.length;
  for (; depth > 0 && end < config.length; end++) {
    if (config[end] === "{") {
      depth++;
    }
    if (config[end] === "}") {
      depth--;
    }
  }
  return config.slice(0, start) + replacement + config.slice(end);
}
