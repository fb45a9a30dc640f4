import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { projectRoot } from "../../lib/paths.ts";

/** Prints each signal, and ends a while after the first one, as Pulumi's CLI does; on a second one at once. */
const child = `
  let count = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      console.log("child " + signal);
      setTimeout(() => process.exit(1), ++count === 1 ? 3500 : 0);
    });
  }
  console.log("ready");
  setInterval(() => {}, 1000);
`;

const command = `
  import { runCommand } from "${join(projectRoot, "toolchain/run-command.ts")}";
  import { runAttached } from "${join(projectRoot, "lib/run.ts")}";
  await runCommand("test", 1, () => runAttached(process.execPath, ["-e", ${JSON.stringify(child)}]));
`;

/** Starts the command as the leader of a process group, waits until its child is ready. */
async function start(t: { after: (end: () => void) => void }): Promise<{ main: ChildProcess; lines: string[] }> {
  const main = spawn(process.execPath, ["--input-type=module", "-e", command], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  t.after(() => void main.kill("SIGKILL"));
  const lines: string[] = [];
  const reader = createInterface({ input: main.stdout });
  await new Promise<void>((resolve) => {
    reader.on("line", (line) => {
      lines.push(line);
      resolve();
    });
  });
  return { main, lines };
}

const sent = {
  process: (main: ChildProcess, signal: NodeJS.Signals) => process.kill(Number(main.pid), signal),
  "process group": (main: ChildProcess, signal: NodeJS.Signals) => process.kill(-Number(main.pid), signal),
};

describe("a running child", { concurrency: true }, () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    for (const [to, send] of Object.entries(sent)) {
      test(`${signal} to the ${to}, and once more by npm, reaches the child once`, async (t) => {
        const { main, lines } = await start(t);
        const closed = once(main, "close");
        send(main, signal);
        await pause(300);
        process.kill(Number(main.pid), signal);
        await closed;
        assert.deepEqual(lines, ["ready", `child ${signal === "SIGHUP" ? "SIGINT" : signal}`]);
      });
    }
  }

  test("a second one, seconds later, reaches it too", async (t) => {
    const { main, lines } = await start(t);
    const closed = once(main, "close");
    sent["process group"](main, "SIGINT");
    await pause(2500);
    sent["process group"](main, "SIGINT");
    await closed;
    assert.deepEqual(lines, ["ready", "child SIGINT", "child SIGINT"]);
  });
});
