import assert from "node:assert/strict";
import { stackLabels } from "../../labels.ts";
import { StackOnEngine } from "./engine.ts";
import { eventually } from "./eventually.ts";
import { type LoadResult, startLoad } from "./load.ts";
import { Project } from "./project.ts";
import { targets } from "./prometheus.ts";

// What the toolchain found out about this machine; unset means that the official images can be had and the defaults hold.
const { RESUME_TEST_REGISTRY: registry, RESUME_TEST_NOFILE: nofile, RESUME_TEST_GRAFANA: grafana } = process.env;

export const hasGrafana = grafana !== "none";

/** What a load asks for: a cached page, cached data, and a probe that a replica answers each time. */
const loadPaths = ["/", "/api/resume", "/health"];

/** A stack of its own in a copy of the project, with the config that this machine asks for. */
export class ProjectStack {
  readonly name: string;
  readonly project = new Project();

  constructor(name: string) {
    this.name = name;
  }

  /** @param config what the target asks for; keys with their namespace */
  async initialise(config: Readonly<Record<string, string | undefined>> = {}): Promise<void> {
    await this.project.must("stack", "init", this.name);
    const all = {
      "resume:imageRegistry": registry,
      "resume:nofile": nofile,
      "resume:images.grafana": grafana,
      "resume:port": "0",
      "resume:grafanaPort": "0",
      "resume:prometheusPort": "0",
      ...config,
    };
    for (const [key, value] of Object.entries(all)) {
      if (value) {
        await this.set("--path", key, value);
      }
    }
  }

  set = (...args: string[]) => this.project.must("config", "set", "--stack", this.name, ...args);

  up = (...args: string[]) => this.project.must("up", "--yes", "--stack", this.name, ...args);

  expectNoChange = () => this.project.must("preview", "--diff", "--expect-no-changes", "--stack", this.name);

  /** Destroys what is left of it, and its copy of the project. */
  async remove(): Promise<void> {
    await this.project.pulumi("destroy", "--yes", "--stack", this.name);
    this.project.remove();
  }

  /** The stack's outputs, as a script reads them. */
  async outputs(...args: string[]): Promise<Record<string, unknown>> {
    const parsed: unknown = JSON.parse(
      await this.project.must("stack", "output", "--json", "--stack", this.name, ...args),
    );
    assert.ok(typeof parsed === "object" && parsed !== null);
    return { ...parsed };
  }

  async address(output: "url" | "prometheusUrl"): Promise<string> {
    return String((await this.outputs())[output]);
  }

  /** Runs a change while clients keep asking, and tells what they saw. */
  async underLoad(change: () => Promise<unknown>): Promise<LoadResult> {
    const load = startLoad(await this.address("url"), loadPaths);
    try {
      await change();
    } catch (error) {
      // What went wrong with the change comes first.
      await Promise.allSettled([load.stop()]);
      throw error;
    }
    return load.stop();
  }
}

/** On the Docker engine of this machine. */
export class TestStack extends ProjectStack {
  readonly live: StackOnEngine;

  constructor(name: string) {
    super(name);
    this.live = new StackOnEngine(stackLabels("resume", name));
  }

  async expectReplicas(count: number): Promise<void> {
    assert.equal((await this.live.containers("resume")).length, count);
    assert.equal(await this.live.healthy("resume"), count);
    const prometheus = await this.address("prometheusUrl");
    await eventually(30, async () => assert.deepEqual((await targets(prometheus)).resume, { up: count, of: count }));
  }
}

export function expectNoFailure({ sent, failed, failures }: LoadResult): void {
  assert.ok(sent > 100, `the load sent only ${sent} requests`);
  assert.equal(failed, 0, `${failed} of ${sent} requests failed: ${JSON.stringify(failures)}`);
}
