import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { at } from "../../../lib/at.ts";
import { cacheRoot, projectRoot } from "../../../lib/paths.ts";
import { run } from "../../../lib/run.ts";
import { UserError } from "../../../lib/user-error.ts";
import { type ExportedState, parseState } from "../../recovery/state.ts";

const copied = [
  "package.json",
  "Pulumi.yaml",
  "tsconfig.json",
  "toolchain",
  "lib",
  "infra",
  "service",
  "nginx",
  "prometheus",
  "grafana",
];

/** A copy of the project with state of its own, in which `npm run` works as in a clone. */
export class ProjectCopy {
  readonly folder: string;
  readonly stack: string;

  constructor(folder: string, stack: string) {
    this.folder = folder;
    this.stack = stack;
    const isNew = !existsSync(join(folder, ".pulumi"));
    for (const path of copied) {
      // The résumé is what a round changes.
      const isKept = (source: string) =>
        !source.includes("node_modules") && (isNew || !source.includes("service/content"));
      cpSync(join(projectRoot, path), join(folder, path), { recursive: true, filter: isKept });
    }
    // The plugins' scripts name this folder. They have to stay valid when the copy is removed.
    for (const path of ["node_modules", "service/node_modules", "offline"]) {
      // An earlier run may have come from another clone.
      rmSync(join(folder, path), { force: true });
      symlinkSync(join(projectRoot, path), join(folder, path));
    }
    mkdirSync(join(folder, ".pulumi"), { recursive: true });
  }

  /** Writes the stack's config, unless it is there. */
  configure(config: Readonly<Record<string, unknown>>): void {
    const file = join(this.folder, `Pulumi.${this.stack}.yaml`);
    if (!existsSync(file)) {
      // JSON is YAML.
      writeFileSync(file, JSON.stringify({ config }));
    }
  }

  /** Changes the résumé, so that the next update replaces the replicas and nothing else. */
  publish(label: string): void {
    const file = join(this.folder, "service/content/resume.json");
    writeFileSync(file, readFileSync(file, "utf8").replace(/"label": "[^"]*"/, `"label": "${label}"`));
  }

  /** A preview changes nothing, so that it can't be interrupted half-way. */
  get upArguments(): string[] {
    return ["--stack", this.stack, "--skip-preview"];
  }

  get #env() {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    return { ...env, RESUME_TOOLCHAIN_DIR: cacheRoot, PULUMI_BACKEND_URL: "", FORCE_COLOR: "" };
  }

  /** Starts `npm run up` as the leader of a process group. In a terminal of its own, input is what is typed there. */
  start(inTerminal: boolean): ChildProcess {
    const npm = ["npm", "run", "up", "--", ...this.upArguments];
    const command = inTerminal ? ["script", "-qfec", npm.join(" "), "/dev/null"] : npm;
    const [program = "", ...args] = command;
    return spawn(program, args, {
      cwd: this.folder,
      env: this.#env,
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
  }

  /** Runs `npm run COMMAND` to its end. @returns both outputs in one @throws {UserError} with them when it fails */
  async npm(command: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await run("npm", ["run", command, "--", ...args], {
      cwd: this.folder,
      env: this.#env,
      timeoutMs: 600_000,
    });
    if (code !== 0) {
      throw new UserError(`npm run ${command} ended with exit code ${code}:\n${stdout}\n${stderr}`);
    }
    return `${stdout}\n${stderr}`;
  }

  /** The latest state, as the file backend keeps it. */
  state(): ExportedState {
    const file = readFileSync(join(this.folder, ".pulumi/stacks/resume", `${this.stack}.json`), "utf8");
    return parseState(JSON.stringify({ deployment: at(JSON.parse(file), "checkpoint", "latest") }));
  }

  locks(): string[] {
    const folder = join(this.folder, ".pulumi/locks/organization/resume", this.stack);
    return existsSync(folder) ? readdirSync(folder) : [];
  }
}
