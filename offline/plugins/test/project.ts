/** A Pulumi project in a temporary directory, with the stand-in plugins and a state of its own. */
import { spawn } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const plugins = fileURLToPath(new URL("..", import.meta.url));
const nodeModules = fileURLToPath(new URL("../../../node_modules", import.meta.url));

export interface Result {
  code: number | null;
  output: string;
}

export interface Project {
  directory: string;
  run: string;
  /** Runs `pulumi ARGS`; the exit code and both streams. */
  pulumi(args: string[], env?: NodeJS.ProcessEnv): Promise<Result>;
  /** As pulumi, with Ctrl-C as soon as the output shows that it is time. */
  interrupted(args: string[], when: RegExp): Promise<Result>;
  /** Everything in the state's directory as text. */
  stateText(): Promise<string>;
  remove(): Promise<void>;
}

/** The image that the tests' containers run; it must be given. */
export function busyboxImage(): string {
  const image = process.env.RESUME_TEST_BUSYBOX_IMAGE;
  if (!image) {
    throw new Error("RESUME_TEST_BUSYBOX_IMAGE must name an image with busybox");
  }
  return image;
}

/** @param program a file in test/programs, without its ending. */
export async function makeProject(program: string, config: Record<string, string>): Promise<Project> {
  const directory = await mkdtemp(join(tmpdir(), "plugins-test-"));
  const bin = join(directory, "bin");
  await writePlugins(bin);
  await cp(new URL("programs/context", import.meta.url), join(directory, "context"), { recursive: true });
  await symlink(nodeModules, join(directory, "node_modules"));
  await writeFile(join(directory, "package.json"), JSON.stringify({ name: "t", type: "module", main: "index.ts" }));
  const source = new URL(`programs/${program}.ts`, import.meta.url).href;
  await writeFile(join(directory, "index.ts"), `export * from ${JSON.stringify(source)};\n`);
  const runtime = "runtime: {name: nodejs, options: {typescript: false}}";
  await writeFile(join(directory, "Pulumi.yaml"), `name: t\n${runtime}\nbackend: {url: "file://."}\n`);

  const ownEnv = {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_HOME: join(directory, "home"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  const plainly = ["--non-interactive", "--color=never"];
  const pulumi = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    execute("pulumi", [...plainly, ...args], directory, { ...ownEnv, ...env });

  const run = directory.slice(directory.lastIndexOf("-") + 1).toLowerCase();
  await succeed(pulumi(["stack", "init", "dev"]));
  for (const [key, value] of Object.entries({ run, busybox: busyboxImage(), ...config })) {
    await succeed(pulumi(["config", "set", key, value]));
  }
  return {
    directory,
    run,
    pulumi,
    interrupted: (args, when) => execute("pulumi", [...plainly, ...args], directory, ownEnv, when),
    stateText: async () => {
      const files = await readdir(join(directory, ".pulumi"), { recursive: true, withFileTypes: true });
      const texts = files
        .filter((file) => file.isFile())
        .map((file) => readFile(join(file.parentPath, file.name), "utf8"));
      return (await Promise.all(texts)).join("\n");
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** The result of a command that must succeed; its output is the error otherwise. */
export async function succeed(command: Promise<Result>): Promise<Result> {
  const result = await command;
  if (result.code !== 0) {
    throw new Error(`exit code ${result.code}:\n${result.output}`);
  }
  return result;
}

async function writePlugins(bin: string): Promise<void> {
  await mkdir(bin);
  const names = {
    "language-nodejs": "language-nodejs",
    "resource-docker": "docker",
    "resource-kubernetes": "kubernetes",
    "resource-random": "random",
  };
  for (const [name, folder] of Object.entries(names)) {
    const path = join(bin, `pulumi-${name}`);
    await writeFile(path, `#!/bin/sh\nexec "${process.execPath}" "${join(plugins, folder, "main.ts")}" "$@"\n`);
    await chmod(path, 0o755);
  }
}

/** @param interruptWhen output that shows that it is time for Ctrl-C. */
function execute(
  command: string,
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  interruptWhen?: RegExp,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let isInterrupted = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        if (!isInterrupted && interruptWhen?.test(output)) {
          isInterrupted = true;
          child.kill("SIGINT");
        }
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}
