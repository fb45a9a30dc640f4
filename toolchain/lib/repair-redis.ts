import { text } from "node:stream/consumers";
import type Docker from "dockerode";
import { componentLabel } from "../../infra/labels.ts";
import { ownContainers, type StackIdentity } from "../../infra/targets/docker/owner.ts";
import { pause } from "../../lib/interruption.ts";
import { hasStatus, UserError } from "../../lib/user-error.ts";

const folder = "/data/appendonlydir";

/** Checks all files that the manifest lists. */
const checkCommand = `redis-check-aof ${folder}/appendonly.aof.manifest`;

/** The append-only file of a stack's Redis on a Docker engine. */
export class RedisFiles {
  readonly #docker: Docker;
  readonly #redis: Docker.Container;

  private constructor(docker: Docker, redis: Docker.Container) {
    this.#docker = docker;
    this.#redis = redis;
  }

  /** @throws {UserError} when the stack has no Redis on this engine */
  static async find(docker: Docker, stack: StackIdentity): Promise<RedisFiles> {
    const [found] = await ownContainers(docker, stack, { [componentLabel]: "redis" });
    if (found === undefined) {
      throw new UserError("The stack has no Redis on this engine. Bring it up first.");
    }
    return new RedisFiles(docker, docker.getContainer(found.Id));
  }

  /** Checks the files. @returns the number of damaged bytes at the end @throws {UserError} when the check itself fails */
  async damagedBytes(): Promise<number> {
    const { code, output } = await this.#run(checkCommand);
    // The check prints a line for each file.
    const damaged = [...output.matchAll(/diff=(\d+)/g)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
    if (code !== 0 && damaged === 0) {
      throw new UserError(`redis:repair: ${checkCommand} ended with ${code}:\n${output.trim()}`);
    }
    return code === 0 ? 0 : damaged;
  }

  /**
   * Stops Redis, copies its files within its volume, cuts off the damaged bytes and starts it again.
   * @returns the folder of the copy
   * @throws {UserError} when a step fails; Redis is started all the same
   */
  async repair(): Promise<string> {
    const copy = `${folder}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
    await this.#redis.stop({ t: 10 }).catch((error: unknown) => {
      // 304: it is stopped already, between two restarts.
      if (!hasStatus(error, 304)) {
        throw error;
      }
    });
    try {
      await this.#mustRun(`cp -a ${folder} ${copy}`);
      await this.#mustRun(`yes | ${checkCommand.replace(" ", " --fix ")}`);
      await this.#mustRun(checkCommand);
    } finally {
      await this.#redis.start();
    }
    await this.#assertStaysUp();
    return copy;
  }

  /** Watches Redis for 3 s. With a damaged file it ends within one. */
  async #assertStaysUp(): Promise<void> {
    const { State } = await this.#redis.inspect();
    for (let checks = 0; checks < 10; checks++) {
      await pause(300);
      const now = await this.#redis.inspect();
      if (!now.State.Running || now.State.StartedAt !== State.StartedAt) {
        throw new UserError("redis:repair: Redis does not stay up. See npm run logs -- --component redis --no-follow.");
      }
    }
  }

  async #mustRun(command: string): Promise<void> {
    const { code, output } = await this.#run(command);
    if (code !== 0) {
      throw new UserError(`redis:repair: ${command} ended with ${code}:\n${output.trim()}`);
    }
  }

  /** Runs a command in a new container with Redis' image and volume: Redis itself may be stopped. */
  async #run(command: string): Promise<{ code: number; output: string }> {
    const { Image, Config } = await this.#redis.inspect();
    const container = await this.#docker.createContainer({
      Image,
      Entrypoint: ["sh", "-c", `${command} 2>&1`],
      Cmd: [],
      User: Config.User,
      Tty: true,
      HostConfig: { VolumesFrom: [this.#redis.id], NetworkMode: "none" },
    });
    try {
      const stream = await container.attach({ stream: true, stdout: true });
      const output = text(stream);
      await container.start();
      const { StatusCode } = await container.wait();
      return { code: StatusCode, output: await output };
    } finally {
      await container.remove({ force: true });
    }
  }
}
