import { randomBytes } from "node:crypto";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { type Input, output } from "@pulumi/pulumi";
import Docker from "dockerode";
import { pack } from "tar-stream";
import { parseConfig } from "../../config/parse.ts";
import { redis } from "../../system/redis.ts";

/** "killed": gone at once, nothing listens. "silent": connections stay open, but nothing answers. */
export type Fault = "killed" | "silent";

/** A real Redis that can be hurt. */
export interface RealRedis {
  readonly host: string;
  readonly port: number;
  readonly password: string | undefined;
  hurt(fault: Fault): Promise<void>;
  /** Undoes the fault; Redis has its data again when this returns, or a moment later. */
  heal(fault: Fault): Promise<void>;
  close(): Promise<void>;
}

/**
 * A Redis from the environment: a container of the image RESUME_TEST_REDIS_IMAGE, set up as the stack's, which is killed and paused for real;
 * or the server at RESUME_TEST_REDIS_URL, through a relay that plays the faults.
 * @throws {Error} when neither is given: a test that needs a real Redis fails without one
 */
export async function provideRedis(): Promise<RealRedis> {
  const image = process.env.RESUME_TEST_REDIS_IMAGE;
  if (image !== undefined && image !== "") {
    return startContainer(image);
  }
  const url = process.env.RESUME_TEST_REDIS_URL;
  if (url !== undefined && url !== "") {
    return startRelay(new URL(url));
  }
  throw new Error("This test needs a real Redis: set RESUME_TEST_REDIS_IMAGE (with Docker) or RESUME_TEST_REDIS_URL.");
}

const REDIS_PORT = 6379;

async function startContainer(image: string): Promise<RealRedis> {
  const docker = new Docker();
  const password = randomBytes(16).toString("hex");
  const port = await freePort();
  const { command, data, files, user } = redis(parseConfig({}), () => password);
  const container = await docker.createContainer({
    Image: image,
    Cmd: [...(command ?? [])],
    User: `${user.uid}:${user.gid}`,
    Volumes: Object.fromEntries(data.map(({ path }) => [path, {}])),
    ExposedPorts: { [`${REDIS_PORT}/tcp`]: {} },
    Labels: { "resume.test": "redis" },
    HostConfig: { PortBindings: { [`${REDIS_PORT}/tcp`]: [{ HostIp: "127.0.0.1", HostPort: String(port) }] } },
  });
  const close = async (): Promise<void> => {
    await container.remove({ force: true, v: true });
  };
  try {
    const config = pack();
    for (const { path, content } of files) {
      config.entry({ name: path }, await resolved(content));
    }
    config.finalize();
    await container.putArchive(await buffer(config), { path: "/" });
    await container.start();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    host: "127.0.0.1",
    port,
    password,
    hurt: async (fault) => {
      await (fault === "killed" ? container.kill() : container.pause());
    },
    heal: async (fault) => {
      await (fault === "killed" ? container.start() : container.unpause());
    },
    close,
  };
}

/** The text that a part of the stack's description comes to. */
function resolved(text: Input<string>): Promise<string> {
  return new Promise((resolve) => output(text).apply(resolve));
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startRelay(target: URL): Promise<RealRedis> {
  const sockets = new Set<Socket>();
  let silent = false;

  const pass = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on("data", (bytes) => {
      if (!silent) {
        to.write(bytes);
      }
    });
    from.on("error", () => to.destroy());
    from.on("close", () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const server = createServer((client) => {
    const upstream = connect(Number(target.port === "" ? REDIS_PORT : target.port), target.hostname);
    pass(client, upstream);
    pass(upstream, client);
  });
  const port = await listen(server, 0);
  const stop = (): void => {
    server.close();
    for (const socket of sockets) {
      socket.destroy();
    }
  };
  return {
    host: "127.0.0.1",
    port,
    password: target.password === "" ? undefined : decodeURIComponent(target.password),
    hurt: async (fault) => {
      if (fault === "killed") {
        stop();
      } else {
        silent = true;
      }
    },
    heal: async (fault) => {
      silent = false;
      if (fault === "killed") {
        await listen(server, port);
      }
    },
    close: async () => stop(),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
