import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { interruption, onSignal } from "../../lib/interruption.ts";
import { chosenScenarios } from "../options.ts";
import { Progress } from "../report/progress.ts";
import { terminalReport } from "../report/terminal.ts";
import { writeReport, writeResult } from "../report/write.ts";
import { type BenchResult, codeOf } from "../result.ts";
import { runSession } from "../session.ts";
import { findSite } from "../site.ts";
import { runFacts } from "./fake-result.ts";
import { fakeServer } from "./fake-server.ts";
import { siteAnswer } from "./fake-site.ts";

// This process stops once: what comes after it in this file would be stopped too.
test("Ctrl-C in the comparison: the scenarios before it are the result, in a file, a page and a table", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "resume-bench-test-"));
  t.after(() => rmSync(folder, { recursive: true }));
  onSignal(() => {});
  const url = new URL(await fakeServer(t, siteAnswer));
  const result = await runSession({
    facts: runFacts(),
    context: { url, site: await findSite(url), local: undefined, progress: new Progress(process.stderr) },
    scenarios: chosenScenarios({ names: ["health"], users: 5, seconds: 1 }),
    comparison: {
      run: async () => {
        process.emit("SIGINT");
        interruption.throwIfAborted();
        return assert.fail("it was not stopped");
      },
    },
    baseline: undefined,
    keep: (result) => writeResult(result, folder),
  });
  assert.equal(codeOf(result), 130);
  const written: BenchResult = JSON.parse(readFileSync(join(folder, "result.json"), "utf8"));
  assert.equal(written.stopped, true);
  assert.equal(written.scenarios[0]?.name, "health (users 5, 1 s)");
  assert.match(terminalReport(result), /Stopped by the user: this is what was seen until then\./);
  writeReport(result, folder);
  assert.match(readFileSync(join(folder, "report.html"), "utf8"), /Stopped before its end: no verdict/);
});
