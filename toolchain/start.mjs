// Starts a command of the toolchain from any Node >= 18: finds or makes a Node that runs TypeScript, installs what
// package-lock.json asks for, and hands over to the command's main.ts. It is plain JavaScript and needs no package.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "../lib/lock.mjs";
import { dependenciesAreInstalled } from "./lib/dependencies.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const cache = resolve(process.env.RESUME_TOOLCHAIN_DIR || join(root, ".toolchain"));
const oldest = { major: 22, minor: 18 };

// npm's errors are wanted even where this runs below `npm run --silent`.
const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/** @param {string} text one line for people; stdout belongs to the command */
const say = (text) => process.stderr.write(`toolchain: ${text}\n`);

/** @param {string} text what the user must do @returns {never} */
const giveUp = (text) => {
  say(text);
  // For the benchmark 1 is a threshold that is not met.
  process.exit(process.argv[2] === "bench" ? 2 : 1);
};

/** @param {string} version such as v24.21.0 */
const isNewEnough = (version) => {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor);
};

/** @param {string} program @param {string[]} args @param {import("node:child_process").SpawnSyncOptions} [options] */
const output = (program, args, options = {}) => {
  const result = spawnSync(program, args, { encoding: "utf8", ...options });
  return { ok: result.status === 0, text: `${result.stdout ?? ""}${result.stderr ?? ""}`.trim() };
};

/** The folder of a Node that is new enough: this one, the one on PATH, the one made before, or one made now. */
const nodeFolder = () => {
  if (isNewEnough(process.version)) {
    return dirname(process.execPath);
  }
  const onPath = output("node", ["--version"]);
  if (onPath.ok && isNewEnough(onPath.text)) {
    return dirname(output("sh", ["-c", "command -v node"]).text);
  }
  // The version is the one that the service's image has: it is written there only.
  const pins = readFileSync(join(root, "lib/images.ts"), "utf8");
  const version = /node: "node:([\d.]+)/.exec(pins)?.[1] ?? giveUp("lib/images.ts names no Node version.");
  const home = join(cache, "node", version);
  const folder = join(home, "bin");
  if (existsSync(join(folder, "node"))) {
    return folder;
  }
  return makeNode(version, home);
};

/** @param {string} version @param {string} home the folder to make */
const makeNode = (version, home) => {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const advice = `Install Node ${version} (at least ${oldest.major}.${oldest.minor}) and run this again.`;
  const started = Date.now();
  const temporary = `${home}.new-${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  const args = ["install", ...quiet, "--no-save", "--no-package-lock"];
  const installed = output("npm", [...args, "--prefix", temporary, `${name}@${version}`], { cwd: temporary });
  const made = join(temporary, "node_modules", name);
  const tried = installed.ok ? output(join(made, "bin/node"), ["--version"]) : installed;
  if (!tried.ok) {
    rmSync(temporary, { recursive: true, force: true });
    const reason = tried.text.split("\n").slice(-1)[0] ?? "";
    return giveUp(
      `node: ${process.version} is too old and npm's ${name}@${version} does not run here (${reason}). ${advice}`,
    );
  }
  rmSync(home, { recursive: true, force: true });
  // Only the program is wanted, not the headers for building add-ons.
  rmSync(join(made, "include"), { recursive: true, force: true });
  renameSync(made, home);
  rmSync(temporary, { recursive: true, force: true });
  say(
    `node:     ${version} made from npm's ${name} in ${((Date.now() - started) / 1000).toFixed(1)} s (${process.version} is too old)`,
  );
  return join(home, "bin");
};

/** @param {string} folder @param {NodeJS.ProcessEnv} env */
const installDependencies = (folder, env) => {
  if (!existsSync(join(folder, "package-lock.json")) || dependenciesAreInstalled(folder)) {
    return;
  }
  const name = folder === root ? "the project" : "the service";
  say(`packages: installing those of ${name} (npm ci)`);
  const started = Date.now();
  const result = output("npm", ["ci", ...quiet], { cwd: folder, env });
  if (!result.ok) {
    giveUp(`packages: npm ci for ${name} failed:\n${result.text}`);
  }
  say(`packages: those of ${name} installed by npm ci in ${((Date.now() - started) / 1000).toFixed(1)} s`);
};

const env = await withLock(
  join(cache, "start.lock"),
  async () => {
    const path = `${nodeFolder()}${delimiter}${process.env.PATH ?? ""}`;
    const changed = { ...process.env, PATH: path };
    installDependencies(root, changed);
    installDependencies(join(root, "service"), changed);
    return changed;
  },
  (pid) => say(`waiting for another run (process ${pid})`),
);

const node = join((env.PATH ?? "").split(delimiter)[0] ?? "", "node");
const given = process.argv.slice(2);
// The benchmark has a main of its own: it uses the toolchain, which knows nothing of it.
const [main, args] = given[0] === "bench" ? ["benchmarks/main.ts", given.slice(1)] : ["toolchain/main.ts", given];
const child = spawn(node, [join(root, main), ...args], { stdio: "inherit", env });
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  // A terminal's Ctrl-C reaches the child by itself; every other signal is passed on.
  process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal)));
}
child.on("close", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
