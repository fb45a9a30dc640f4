import type { StackNetwork } from "../../infra/targets/docker/owner.ts";
import { at } from "../../lib/at.ts";
import { projectRoot } from "../../lib/paths.ts";
import { run } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";
import type { ToolsWithoutImages } from "../tools/toolchain.ts";
import { stackExists } from "./pulumi.ts";

/** A resource in a stack's state. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly outputs: unknown;
}

/** What a stack's state holds. */
export class StackState {
  /** The resources that exist. Those that are only pending to be deleted are left out. */
  readonly resources: readonly StateResource[];

  /** @param exported what `pulumi stack export` prints, parsed */
  constructor(exported: unknown) {
    const resources = at(exported, "deployment", "resources");
    this.resources = (Array.isArray(resources) ? resources : []).flatMap((resource: unknown) =>
      at(resource, "delete") === true
        ? []
        : {
            urn: String(at(resource, "urn")),
            type: String(at(resource, "type")),
            id: String(at(resource, "id") ?? ""),
            outputs: at(resource, "outputs"),
          },
    );
  }

  of(type: string): StateResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The network of a stack on Docker. Its containers are in it, and no other clone's are. */
  get network(): StackNetwork | undefined {
    const [network] = this.of("docker:index/network:Network");
    return network && { id: network.id, name: String(at(network.outputs, "name")) };
  }

  /** The stack's outputs. Secret ones are encrypted. */
  get outputs(): Record<string, unknown> {
    return { ...Object(this.of("pulumi:pulumi:Stack")[0]?.outputs) };
  }

  get hasGrafana(): boolean {
    return typeof this.outputs.grafanaUrl === "string";
  }

  /** The UID of the namespace of a stack on Kubernetes. */
  get namespaceUid(): unknown {
    return at(this.of("kubernetes:core/v1:Namespace")[0]?.outputs, "metadata", "uid");
  }
}

/** Reads a stack's state; an empty one when there is no such stack. @throws {UserError} when the backend does not answer */
export async function readState(tools: Pick<ToolsWithoutImages, "cli" | "env">, stack: string): Promise<StackState> {
  const command = ["stack", "export", "--stack", stack, "--non-interactive"];
  const { code, stdout, stderr } = await run(tools.cli.program, command, { cwd: projectRoot, env: tools.env });
  if (code === 0) {
    return new StackState(JSON.parse(stdout));
  }
  if (await stackExists(tools, stack)) {
    throw new UserError(`pulumi stack export --stack ${stack} failed:\n${stderr.trim()}`);
  }
  return new StackState(undefined);
}
