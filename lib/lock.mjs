// Plain JavaScript, because start.mjs uses it before there is a Node that runs TypeScript.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** @param {string} file @returns {number | undefined} the process that holds the lock, if it still runs */
const holder = (file) => {
  let pid;
  try {
    pid = Number(readFileSync(file, "utf8"));
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EPERM") {
      return pid;
    }
    return undefined;
  }
};

/** @param {string} file @returns {boolean} whether the lock is now ours */
const take = (file) => {
  // The file gets its name when it is complete, so that nobody reads a lock without a holder.
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) {
      throw error;
    }
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
};

/** Moves a dead process's lock out of the way; of several that try, one succeeds. @param {string} file */
const clear = (file) => {
  const old = `${file}.${process.pid}.old`;
  try {
    renameSync(file, old);
    // Another one may have cleared the dead lock and taken a new one just before: that goes back to its place.
    if (holder(old) !== undefined) {
      linkSync(old, file);
    }
    rmSync(old, { force: true });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) {
      throw error;
    }
  }
};

/**
 * Does work while no other process that uses the same lock file does. A lock whose process has died does not count.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {(pid: number) => void} [onWait] called once when another process has to be waited for
 * @returns {Promise<T>}
 */
export const withLock = async (file, work, onWait) => {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!take(file)) {
    const pid = holder(file);
    if (pid === undefined) {
      clear(file);
      continue;
    }
    if (!told) {
      onWait?.(pid);
    }
    told = true;
    await sleep(200);
  }
  const release = () => rmSync(file, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
};
