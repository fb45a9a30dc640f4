// Starts a command with any Node >= 18: finds or installs a Node that runs TypeScript, installs the packages of
// package-lock.json, and runs the command's main.ts. It is plain JavaScript and imports no package.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "../lib/lock.mjs";
import { dependenciesAreInstalled } from "./lib/dependencies.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const cache = resolve(process.env.RESUME_TOOLCHAIN_DIR || join(root, ".toolchain"));
const oldest = { major: 22, minor: 18 };

// Below `npm run --silent`, npm would print no errors without a log level.
const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/** @param {string} text a line for stderr: stdout is for the command */
function say(text) {
  process.stderr.write(`toolchain: ${text}\n`);
}

/** @param {string} text what the user must do @returns {never} */
function giveUp(text) {
  say(text);
  // Exit code 1 of the benchmark means that a threshold is not met.
  process.exit(process.argv[2] === "bench" ? 2 : 1);
}

/** @param {string} version such as v24.21.0 */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor);
}

/** @param {string} program @param {string[]} args @param {import("node:child_process").SpawnSyncOptions} [options] */
function output(program, args, options = {}) {
  const result = spawnSync(program, args, { encoding: "utf8", ...options });
  return { ok: result.status === 0, text: `${result.stdout ?? ""}${result.stderr ?? ""}`.trim() };
}

/** @param {number} start */
function secondsSince(start) {
  return `${((Date.now() - start) / 1000).toFixed(1)} s`;
}

/** The folder of a Node that is new enough: this one, the one on PATH, or one in the cache, which is installed if missing. */
function nodeFolder() {
  if (isNewEnough(process.version)) {
    return dirname(process.execPath);
  }
  const onPath = output("node", ["--version"]);
  if (onPath.ok && isNewEnough(onPath.text)) {
    return dirname(output("sh", ["-c", "command -v node"]).text);
  }
  // The service's image has the same version, which is pinned only there.
  const pins = readFileSync(join(root, "lib/images.ts"), "utf8");
  const version = /node: "node:([\d.]+)/.exec(pins)?.[1] ?? giveUp("lib/images.ts names no Node version.");
  const home = join(cache, "node", version);
  if (!existsSync(join(home, "bin/node"))) {
    installNode(version, home);
  }
  return join(home, "bin");
}

/** @param {string} version @param {string} home the folder to install to */
function installNode(version, home) {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const start = Date.now();
  const temporary = `${home}.new-${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  const args = ["install", ...quiet, "--no-save", "--no-package-lock", "--prefix", temporary, `${name}@${version}`];
  const installed = output("npm", args, { cwd: temporary });
  const folder = join(temporary, "node_modules", name);
  const tried = installed.ok ? output(join(folder, "bin/node"), ["--version"]) : installed;
  if (!tried.ok) {
    rmSync(temporary, { recursive: true, force: true });
    const reason = tried.text.split("\n").slice(-1)[0] ?? "";
    giveUp(
      `node: ${process.version} is too old and npm's ${name}@${version} does not run here (${reason}). Install Node ${version} (at least ${oldest.major}.${oldest.minor}) and run this again.`,
    );
  }
  rmSync(home, { recursive: true, force: true });
  // The headers serve only to build add-ons.
  rmSync(join(folder, "include"), { recursive: true, force: true });
  renameSync(folder, home);
  rmSync(temporary, { recursive: true, force: true });
  say(`node:     ${version} installed from npm's ${name} in ${secondsSince(start)} (${process.version} is too old)`);
}

/** @param {string} folder @param {NodeJS.ProcessEnv} env */
function installDependencies(folder, env) {
  if (!existsSync(join(folder, "package-lock.json")) || dependenciesAreInstalled(folder)) {
    return;
  }
  const name = folder === root ? "the project" : "the service";
  say(`packages: installing those of ${name} (npm ci)`);
  const start = Date.now();
  const result = output("npm", ["ci", ...quiet], { cwd: folder, env });
  if (!result.ok) {
    giveUp(`packages: npm ci for ${name} failed:\n${result.text}`);
  }
  say(`packages: those of ${name} installed by npm ci in ${secondsSince(start)}`);
}

const env = await withLock(
  join(cache, "start.lock"),
  async () => {
    const extended = { ...process.env, PATH: `${nodeFolder()}${delimiter}${process.env.PATH ?? ""}` };
    installDependencies(root, extended);
    installDependencies(join(root, "service"), extended);
    return extended;
  },
  (pid) => say(`waiting for another run (process ${pid})`),
);

const node = join((env.PATH ?? "").split(delimiter)[0] ?? "", "node");
const given = process.argv.slice(2);
// The benchmark has its own main, because it imports the toolchain and the toolchain does not import it.
const [main, args] = given[0] === "bench" ? ["benchmarks/main.ts", given.slice(1)] : ["toolchain/main.ts", given];
const child = spawn(node, [join(root, main), ...args], { stdio: "inherit", env });
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  // The child may have it already, from the terminal. It takes both for one.
  process.on(signal, () => child.kill(signal));
}
child.on("close", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
