// Plain JavaScript: start.mjs uses this before it has a Node that runs TypeScript.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** @param {unknown} error @param {string} code */
function hasCode(error, code) {
  return error instanceof Error && "code" in error && error.code === code;
}

/** @param {string} file @returns {number | undefined} the process that holds the lock, if it still runs */
function holder(file) {
  let pid;
  try {
    pid = Number(readFileSync(file, "utf8"));
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return hasCode(error, "EPERM") ? pid : undefined;
  }
}

/** @param {string} file @returns {boolean} whether this process has got the lock */
function take(file) {
  // The file is linked to its name when it is complete, so that a lock always names its holder.
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, String(process.pid));
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if (!hasCode(error, "EEXIST")) {
      throw error;
    }
    return false;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Removes the lock of a dead process. If several processes try, one succeeds. @param {string} file */
function removeStale(file) {
  const old = `${file}.${process.pid}.old`;
  try {
    renameSync(file, old);
    // Another process may have removed the stale lock and taken a new one just before: that one is put back.
    if (holder(old) !== undefined) {
      linkSync(old, file);
    }
    rmSync(old, { force: true });
  } catch (error) {
    if (!hasCode(error, "ENOENT")) {
      throw error;
    }
  }
}

/**
 * Runs work while no other process holds the same lock file. The lock of a dead process is ignored.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {(pid: number) => void} [onWait] called once, with the holder, if the lock is held by another process
 * @param {AbortSignal} [signal] ends the wait
 * @returns {Promise<T>}
 */
export async function withLock(file, work, onWait, signal) {
  mkdirSync(dirname(file), { recursive: true });
  let reported = false;
  while (!take(file)) {
    const pid = holder(file);
    if (pid === undefined) {
      removeStale(file);
      continue;
    }
    if (!reported) {
      onWait?.(pid);
    }
    reported = true;
    await sleep(200, undefined, { signal });
  }
  const release = () => rmSync(file, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}
