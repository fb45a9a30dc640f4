/**
 * Prints the content's faults and warnings, makes photos and the PDF, runs the service, and does it all again when a file of src/,
 * pdf/, photo/, assets/ or the content changes.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, watch } from "node:fs";
import { join } from "node:path";

const root = import.meta.dirname;
/** Another folder of content than content/. */
const given = process.argv.slice(2, 3);
const content = given[0] ?? join(root, "content");
const watched = [...["src", "pdf", "photo", "assets"].map((name) => join(root, name)), content];
/** An editor or Git changes several files in a row. */
const quietMs = 100;

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => stop.abort());
}

while (!stop.signal.aborted) {
  // The watch starts before the service reads its files.
  const change = nextChange();
  if ((await run("check-content.ts")) !== 0) {
    await change;
    continue;
  }
  await Promise.all([run("photo/main.ts"), run("pdf/main.ts")]);
  // In a process group of its own: a terminal's Ctrl-C reaches this process alone, and the service once.
  const service = spawn(
    process.execPath,
    [`--env-file=${join(root, "dev.env")}`, join(root, "src/main.ts"), ...given],
    {
      stdio: "inherit",
      detached: true,
    },
  );
  const ended = once(service, "close");
  await change;
  service.kill("SIGTERM");
  await ended;
}

/** @returns the exit code */
async function run(program: string): Promise<unknown> {
  const [code]: unknown[] = await once(
    spawn(process.execPath, [join(root, program), ...given], { stdio: "inherit" }),
    "close",
  );
  return code;
}

/**
 * Resolves after the next change, or when this process shall stop. Each folder is watched by itself: on Linux Node's
 * recursive watch, and with it `--watch-path`, loses a file that an editor replaces by a rename.
 */
async function nextChange(): Promise<void> {
  const subfolders = watched.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name)),
  );
  const watchers = [...watched, ...subfolders].map((folder) => watch(folder));
  const { promise, resolve } = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  for (const watcher of watchers) {
    const restart = (): void => {
      clearTimeout(timer);
      timer = setTimeout(resolve, quietMs);
    };
    // A removed folder is an error on some systems.
    watcher.on("change", restart).on("error", restart);
  }
  stop.signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  for (const watcher of watchers) {
    watcher.close();
  }
}
