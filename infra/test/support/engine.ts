import type Docker from "dockerode";
import { connect, engineConnection } from "../../../lib/docker-engine.ts";
import { captureOutputs, execInContainer } from "../../../lib/exec.ts";
import { componentLabel, type Labels, labelFilters } from "../../labels.ts";

export interface RunningContainer {
  id: string;
  name: string;
  component: string;
  image: string;
}

/** What the engine holds of one stack, told by the labels that all of it carries. */
export class StackOnEngine {
  readonly engine: Docker = connect(engineConnection({}));
  readonly #labels: string[];

  constructor(labels: Labels) {
    this.#labels = labelFilters(labels);
  }

  async containers(component?: string): Promise<RunningContainer[]> {
    const found = await this.engine.listContainers({ all: true, filters: { label: this.#labels } });
    return found
      .map(({ Id, Names, Labels, ImageID }) => ({
        id: Id,
        name: (Names[0] ?? "").slice(1),
        component: Labels[componentLabel] ?? "",
        image: ImageID,
      }))
      .filter((container) => component === undefined || container.component === component);
  }

  async healthy(component: string): Promise<number> {
    const all = await this.containers(component);
    const states = await Promise.all(all.map(({ id }) => this.engine.getContainer(id).inspect()));
    return states.filter(({ State }) => State.Health?.Status === "healthy").length;
  }

  /** Runs a command in a component's container. @throws Error when it fails */
  async exec(component: string, command: string[]): Promise<void> {
    const id = await this.idOf(component);
    const { code, stderr } = await captureOutputs((outputs) => execInContainer(this.engine, id, command, outputs));
    if (code !== 0) {
      throw new Error(`${component}: ${stderr}`);
    }
  }

  /** The id of a component that has one container. */
  async idOf(component: string): Promise<string> {
    const [only, ...others] = await this.containers(component);
    if (only === undefined || others.length > 0) {
      throw new Error(`${component} has ${others.length} more or no container`);
    }
    return only.id;
  }

  /** Everything that has the stack's labels. */
  async things(): Promise<{ id: string; name: string }[]> {
    const filters = { label: this.#labels };
    const networks = await this.engine.listNetworks({ filters });
    const { Volumes: volumes } = await this.engine.listVolumes({ filters: JSON.stringify(filters) });
    return [
      ...(await this.containers()),
      ...networks.map(({ Id, Name }) => ({ id: Id, name: Name })),
      ...volumes.map(({ Name }) => ({ id: Name, name: Name })),
    ];
  }

  /** Names of all that is left. */
  async leftovers(): Promise<string[]> {
    return (await this.things()).map(({ name }) => name);
  }

  /** Working memory of each container in bytes, as `docker stats` counts it: without the page cache that can be given back. */
  async memory(): Promise<{ component: string; bytes: number }[]> {
    return Promise.all(
      (await this.containers()).map(async ({ id, component }) => {
        const { memory_stats } = await this.engine.getContainer(id).stats({ stream: false });
        const reclaimable = memory_stats.stats.total_inactive_file ?? memory_stats.stats.inactive_file;
        return { component, bytes: memory_stats.usage - reclaimable };
      }),
    );
  }

  /** The JSON lines that a component's containers have logged, as objects. */
  async jsonLines(component: string): Promise<Record<string, unknown>[]> {
    const texts = await Promise.all((await this.containers(component)).map(({ id }) => this.logs(id)));
    return texts
      .flatMap((text) => text.split("\n"))
      .flatMap((line) => {
        // The engine puts a head of eight bytes before each line.
        const start = line.indexOf('{"time"');
        return start < 0 ? [] : [JSON.parse(line.slice(start))];
      });
  }

  /** All that a container has logged. */
  async logs(id: string): Promise<string> {
    const bytes = await this.engine.getContainer(id).logs({ stdout: true, stderr: true });
    return bytes.toString("utf8");
  }
}
