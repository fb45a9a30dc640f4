import { text } from "node:stream/consumers";
import type Docker from "dockerode";
import { componentLabel, type Labels, labelFilters } from "../../infra/labels.ts";
import { pause } from "../../lib/interruption.ts";
import { UserError } from "../../lib/user-error.ts";

/** Redis' files: what it writes to is listed in the manifest; a check of that looks at all of them. */
const folder = "/data/appendonlydir";
const check = `redis-check-aof ${folder}/appendonly.aof.manifest`;

/** What a look at Redis' files has found. */
export interface Finding {
  /** Bytes at the end that can't be read; 0 where all is well. */
  readonly damaged: number;
  /** What the check said. */
  readonly report: string;
}

/** Redis' append-only file of a stack on a Docker engine, and its repair. */
export class RedisFiles {
  readonly #docker: Docker;
  readonly #redis: Docker.Container;
  readonly #image: string;

  private constructor(docker: Docker, redis: Docker.Container, image: string) {
    this.#docker = docker;
    this.#redis = redis;
    this.#image = image;
  }

  /** @throws UserError where the stack has no Redis on this engine */
  static async find(docker: Docker, stack: Labels): Promise<RedisFiles> {
    const label = labelFilters({ ...stack, [componentLabel]: "redis" });
    const [found] = await docker.listContainers({ all: true, filters: { label } });
    if (found === undefined) {
      throw new UserError("The stack has no Redis on this engine. Bring it up first.");
    }
    const redis = docker.getContainer(found.Id);
    return new RedisFiles(docker, redis, (await redis.inspect()).Image);
  }

  /** Looks without changing anything. @throws UserError where the files can't be looked at */
  async examine(): Promise<Finding> {
    const { code, output } = await this.#run(check);
    if (code === 0) {
      return { damaged: 0, report: output };
    }
    // One line for each of the files.
    const damaged = [...output.matchAll(/diff=(\d+)/g)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
    if (!(damaged > 0)) {
      throw new UserError(`redis:repair: ${check} ended with ${code}:\n${output.trim()}`);
    }
    return { damaged, report: output };
  }

  /**
   * Stops Redis, keeps a copy of its files in its volume, cuts off what can't be read and starts it again.
   * @returns the folder of the copy
   * @throws UserError where a step fails: Redis is started again all the same
   */
  async repair(): Promise<string> {
    const copy = `${folder}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
    await this.#redis.stop({ t: 10 }).catch(unlessStopped);
    try {
      await this.#must(`cp -a ${folder} ${copy}`);
      await this.#must(`yes | ${check.replace(" ", " --fix ")}`);
      await this.#must(check);
    } finally {
      await this.#redis.start();
    }
    await this.#waitUntilItRuns();
    return copy;
  }

  /** A Redis that can't read its files ends within a second. */
  async #waitUntilItRuns(): Promise<void> {
    const { State } = await this.#redis.inspect();
    for (let looks = 0; looks < 10; looks++) {
      await pause(300);
      const now = await this.#redis.inspect();
      if (!now.State.Running || now.State.StartedAt !== State.StartedAt) {
        throw new UserError("redis:repair: Redis does not stay up. See npm run logs -- --component redis --no-follow.");
      }
    }
  }

  async #must(command: string): Promise<void> {
    const { code, output } = await this.#run(command);
    if (code !== 0) {
      throw new UserError(`redis:repair: ${command} ended with ${code}:\n${output.trim()}`);
    }
  }

  /** Runs a command beside Redis, on its volume. */
  async #run(command: string): Promise<{ code: number; output: string }> {
    const helper = await this.#docker.createContainer({
      Image: this.#image,
      Entrypoint: ["sh", "-c", `${command} 2>&1`],
      Cmd: [],
      User: (await this.#redis.inspect()).Config.User,
      Tty: true,
      HostConfig: { VolumesFrom: [this.#redis.id], NetworkMode: "none" },
    });
    try {
      const stream = await helper.attach({ stream: true, stdout: true });
      const output = text(stream);
      await helper.start();
      const { StatusCode } = await helper.wait();
      return { code: StatusCode, output: await output };
    } finally {
      await helper.remove({ force: true });
    }
  }
}

/** It may be between two starts: the engine says 304. */
function unlessStopped(error: unknown): void {
  if (Object(error).statusCode !== 304) {
    throw error;
  }
}
