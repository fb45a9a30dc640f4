import type Docker from "dockerode";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { client } from "../tools/engine.ts";

/** The containers that our cluster in Docker is made of. */
export class Containers {
  readonly #docker: Docker;
  readonly #host: string;
  readonly #labels: readonly string[];

  /** @param labels each is carried by some of the containers */
  constructor(host: string, labels: readonly string[]) {
    this.#docker = client(host);
    this.#host = host;
    this.#labels = labels;
  }

  /** All of them, running or not, the oldest first. @throws UserError where Docker does not answer */
  async list(): Promise<Docker.ContainerInfo[]> {
    try {
      const found = await Promise.all(
        this.#labels.map((label) => this.#docker.listContainers({ all: true, filters: { label: [label] } })),
      );
      return found.flat().sort((a, b) => a.Created - b.Created);
    } catch (error) {
      throw new UserError(
        `cluster: it is in the Docker at ${this.#host}, which does not answer (${messageOf(error)}). Start that, or run \`npm run cluster:down\` once it is back.`,
      );
    }
  }

  async areRunning(): Promise<boolean> {
    return (await this.list()).some(({ State }) => State === "running");
  }

  /** Starts those that do not run. @returns whether there were any */
  async start(): Promise<boolean> {
    const stopped = (await this.list()).filter(({ State }) => State !== "running");
    for (const { Id } of stopped) {
      await this.#docker.getContainer(Id).start();
    }
    return stopped.length > 0;
  }

  /** Stops those that run, the youngest first. */
  async stop(): Promise<void> {
    const running = (await this.list()).filter(({ State }) => State === "running");
    for (const { Id } of running.reverse()) {
      await this.#docker.getContainer(Id).stop();
    }
  }
}
