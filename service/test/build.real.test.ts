import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { promisify } from "node:util";
import { temporaryFolder } from "./folder.ts";
import { SERVICE_ROOT } from "./service.ts";

const run = promisify(execFile);

before(() => run(process.execPath, ["build.ts"], { cwd: SERVICE_ROOT }));

/** What the image holds, in a folder of its own. */
function unpacked(): string {
  const folder = temporaryFolder();
  for (const part of ["dist", "assets", "content"]) {
    cpSync(join(SERVICE_ROOT, part), join(folder, part), { recursive: true });
  }
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  return folder;
}

/** Runs a bundled program to its end. */
async function runProgram(
  folder: string,
  name: string,
  args: readonly string[] = [],
): Promise<{ readonly code: unknown; readonly output: string }> {
  try {
    const options = { cwd: folder, env: { PORT: "0" }, timeout: 30_000 };
    const { stdout, stderr } = await run(process.execPath, [join("dist", name), ...args], options);
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    assert.ok(error instanceof Error && "code" in error && "stdout" in error && "stderr" in error);
    return { code: error.code, output: `${error.stdout}${error.stderr}` };
  }
}

test("the bundled service names what is wrong with a résumé, as the source does", async () => {
  const folder = unpacked();
  writeFileSync(
    join(folder, "content", "resume.json"),
    JSON.stringify({ basics: { label: "A" }, work: [{ name: "B", startDate: "soon" }] }),
  );
  const { code, output } = await runProgram(folder, "server.js");
  assert.equal(code, 1);
  for (const field of ["basics.name", "work[0].startDate"]) {
    assert.ok(output.includes(field), output);
  }
  assert.doesNotMatch(output, /stack/);
});

test("the bundled message reader says what it lacks", async () => {
  const { code, output } = await runProgram(unpacked(), "messages.js");
  assert.equal(code, 1);
  assert.match(output, /REDIS_HOST is not set/);
});

test("the bundled message reader says what is wrong with what it is asked", async () => {
  const folder = unpacked();
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ["--delete-before", "yesterday"],
      /^--delete-before is "yesterday", but must be a message's ID, such as \d+-0\.$/m,
    ],
    [["--delete-before", "-"], /--delete-before/],
    [["--after", "0"], /^--after is "0", but must be a message's ID/m],
    [["--delete-before", "1-0", "--json"], /^--delete-before stands alone/m],
  ];
  for (const [args, expected] of cases) {
    const { code, output } = await runProgram(folder, "messages.js", args);
    assert.equal(code, 1, args.join(" "));
    assert.match(output, expected);
    assert.doesNotMatch(output, /\bat \S+ \(/);
  }
});

test("the bundled pages hold the style sheet minified", () => {
  const bundle = readFileSync(join(SERVICE_ROOT, "dist", "server.js"), "utf8");
  assert.match(bundle, /\.sheet\{max-width:66rem;/);
  assert.doesNotMatch(bundle, /assets", "style\.css"/);
});

test("a résumé that can't be shown ends the build, with the field's name", async () => {
  const folder = temporaryFolder();
  for (const part of ["src", "pdf", "photo", "assets", "content", "build.ts", "package.json"]) {
    cpSync(join(SERVICE_ROOT, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(SERVICE_ROOT, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "content", "projects.md"), "## No such project\n");
  await assert.rejects(run(process.execPath, ["build.ts"], { cwd: folder }), (error) => {
    assert.ok(error instanceof Error && "code" in error && "stderr" in error);
    assert.equal(error.code, 1);
    assert.match(String(error.stderr), /^content\/projects\.md:## No such project: is no entry's name in resume\.json/);
    assert.doesNotMatch(String(error.stderr), /\bat \S+ \(/);
    return true;
  });
});
