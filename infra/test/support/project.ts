import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { cacheRoot } from "../../../lib/paths.ts";

/** What a run of the Pulumi CLI said, both streams in one. */
export interface CliRun {
  code: number;
  output: string;
}

const program = [
  "package.json",
  "Pulumi.yaml",
  "tsconfig.json",
  "infra",
  "lib",
  "toolchain",
  "service",
  "nginx",
  "prometheus",
  "grafana",
];

/**
 * A copy of the project in a folder of its own, with state, config and passphrase of its own, so that a test may change
 * the service and no stack of the user's is touched. Needs `pulumi` on the PATH and DOCKER_HOST where it is not the default.
 */
export class Project {
  readonly folder: string;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "resume-test-"));
    for (const path of program) {
      cpSync(resolve(path), join(this.folder, path), {
        recursive: true,
        filter: (source) => !source.includes("node_modules") && !source.endsWith("/dist"),
      });
    }
    // service/node_modules is left out: the image build installs its own, and the content hash must not see it.
    for (const path of ["node_modules", "offline"]) {
      symlinkSync(resolve(path), join(this.folder, path));
    }
    mkdirSync(join(this.folder, ".pulumi"));
    mkdirSync(join(this.folder, "temporary"));
  }

  /** Runs the CLI in the copy; a failure is an answer too. */
  pulumi(...args: string[]): Promise<CliRun> {
    return this.#run("pulumi", [...args, "--non-interactive", "--color", "never"]);
  }

  /** Runs a command of the toolchain in the copy, without a terminal. */
  toolchain(...args: string[]): Promise<CliRun> {
    return this.#run(process.execPath, ["toolchain/main.ts", ...args]);
  }

  #run(command: string, args: string[]): Promise<CliRun> {
    const env = {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${this.folder}`,
      PULUMI_CONFIG_PASSPHRASE: "of a test",
      PULUMI_CONFIG_PASSPHRASE_FILE: "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      RESUME_TOOLCHAIN_DIR: cacheRoot,
      // What plugins leave behind goes with the copy: the Kubernetes one leaves kubeconfigs.
      TMPDIR: join(this.folder, "temporary"),
    };
    return new Promise((done) => {
      const options = { cwd: this.folder, env, maxBuffer: 64 * 1024 * 1024 };
      execFile(command, args, options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        done({ code, output: error?.code === "ENOENT" ? String(error) : stdout + stderr });
      });
    });
  }

  /** Runs the CLI and gives its standard output. @throws Error with all that it said where it failed */
  async must(...args: string[]): Promise<string> {
    const { code, output } = await this.pulumi(...args);
    if (code !== 0) {
      throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${output}`);
    }
    return output;
  }

  remove(): void {
    // A plugin that is about to end may still write there.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
