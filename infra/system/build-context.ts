import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join, sep } from "node:path";
import { UserError } from "../../lib/user-error.ts";

/** The folder of the copies, in the project's folder. Git ignores it. */
const copies = ".contexts";

/** What Docker builds an image from. */
export interface BuildContext {
  /** The folder that is built, relative to the project: a copy of the source. */
  context: string;
  /** A hash of its names, modes and contents, and of the other inputs: 12 hex digits. */
  contentHash: string;
}

/**
 * Copies the source of an image to a folder that is the same on every machine: links are replaced by their targets, and
 * files have mode 644 or 755. The docker provider rebuilds an image when a file's mode or a link's target changes, and a
 * rebuilt image has another id: replicas with the same names would be replaced in place, all at once. So the hash is
 * taken from the same copy, and changes whenever the image is rebuilt.
 *
 * @param folder the source, relative to the project's folder, which is the working directory
 * @param facts other inputs of the image, such as build arguments
 * @param replaced the folder whose files are in the place of one of the source's top-level folders
 * @throws {UserError} when a link leads to a folder or nowhere, or .dockerignore is not a plain list
 */
export function buildContext(
  folder: string,
  facts: Readonly<Record<string, string>>,
  replaced: Replaced | undefined = undefined,
): BuildContext {
  // Stacks with other contents can be built at the same time.
  const own = replaced === undefined ? folder : `${folder}-${sha256(replaced.by).slice(0, 12)}`;
  const context = join(copies, own);
  const files = sourceFiles(folder, replaced);
  const digest = filesDigest(files);
  if (!isCopy(context, digest)) {
    copyFiles(files, context);
  }
  const hash = createHash("sha256").update(`${context}\0${digest}\0`);
  for (const [name, value] of Object.entries(facts).sort()) {
    hash.update(`${name}\0${value}\0`);
  }
  return { context, contentHash: hash.digest("hex").slice(0, 12) };
}

/** A top-level folder of a source, and the folder that is taken in its place: absolute, or relative to the project's. */
export interface Replaced {
  readonly name: string;
  readonly by: string;
}

/** A file of a build context: its path there, and where it is. */
interface SourceFile {
  readonly name: string;
  readonly path: string;
}

function sha256(text: string) {
  return createHash("sha256").update(text).digest("hex");
}

/** The files of a build context, in a fixed order. */
function sourceFiles(folder: string, replaced: Replaced | undefined): SourceFile[] {
  const own = contextFiles(folder)
    .filter((name) => replaced === undefined || !name.startsWith(`${replaced.name}${sep}`))
    .map((name) => ({ name, path: join(folder, name) }));
  if (replaced === undefined) {
    return own;
  }
  const others = filesBelow(replaced.by, "", isRead).map((name) => ({
    name: join(replaced.name, name),
    path: join(replaced.by, name),
  }));
  return [...own, ...others].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The files of a build context, as paths relative to it, in a fixed order. */
export function contextFiles(folder: string): string[] {
  const isIn = listed(folder);
  return readdirSync(folder)
    .filter((name) => isIn(name) && isRead(name))
    .flatMap((name) => filesBelow(folder, name, isRead))
    .sort();
}

/** Files that nothing reads, such as .git and .DS_Store, change no hash. */
function isRead(name: string) {
  return !name.startsWith(".") && name !== "node_modules";
}

/** A path of the folder if it is a file, else the files below it, but for those whose names, or folders' names, are left out. */
function filesBelow(folder: string, path: string, isIn: (name: string) => boolean): string[] {
  const full = join(folder, path);
  const target = statSync(full, { throwIfNoEntry: false });
  if (target?.isFile()) {
    return [path];
  }
  if (target === undefined) {
    throw new UserError(`${full} is a link that leads nowhere; remove it or mend it.`);
  }
  const entries = readdirSync(full, { withFileTypes: true });
  return entries.flatMap((entry) => {
    if (!isIn(entry.name)) {
      return [];
    }
    const inner = join(path, entry.name);
    if (entry.isSymbolicLink() && statSync(join(folder, inner), { throwIfNoEntry: false })?.isDirectory()) {
      throw new UserError(`${join(folder, inner)} is a link to a folder; put the folder itself there.`);
    }
    return filesBelow(folder, inner, isIn);
  });
}

/** A file that its owner may run has mode 755, any other 644: what git keeps of modes. */
function modeOf(path: string): number {
  return (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755;
}

/** A hash of the names, modes and contents of files. */
function filesDigest(files: readonly SourceFile[]): string {
  const hash = createHash("sha256");
  for (const { name, path } of files) {
    hash
      .update(`${name}\0${modeOf(path)}\0`)
      .update(readFileSync(path))
      .update("\0");
  }
  return hash.digest("hex");
}

/** Whether a copy is complete, with the right modes and no other files. Another run may be building from it. */
function isCopy(copy: string, digest: string): boolean {
  if (!existsSync(copy)) {
    return false;
  }
  const files = filesBelow(copy, "", () => true)
    .sort()
    .map((name) => ({ name, path: join(copy, name) }));
  return filesDigest(files) === digest && files.every(({ path }) => (statSync(path).mode & 0o777) === modeOf(path));
}

function copyFiles(files: readonly SourceFile[], copy: string): void {
  const temporary = `${copy}.new-${process.pid}`;
  for (const { name, path } of files) {
    const to = join(temporary, name);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(path, to);
    chmodSync(to, modeOf(path));
  }
  rmSync(copy, { recursive: true, force: true });
  renameSync(temporary, copy);
}

/** Which top-level entries are part of the context: all, or those that a .dockerignore of the form `*`, `!name`, … lists. */
function listed(folder: string): (name: string) => boolean {
  const path = join(folder, ".dockerignore");
  if (!existsSync(path)) {
    return () => true;
  }
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .map((line) => line.trim());
  const [everything, ...exceptions] = lines.filter((line) => line !== "" && !line.startsWith("#"));
  if (everything !== "*" || exceptions.some((line) => !/^![\w.-]+$/.test(line))) {
    throw new UserError(
      `${path}: it must ignore "*" and then name the top-level entries of the context, each as "!name".`,
    );
  }
  const names = new Set(exceptions.map((line) => line.slice(1)));
  return (name) => names.has(name);
}
