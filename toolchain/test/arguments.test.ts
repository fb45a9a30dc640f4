import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { projectRoot } from "../../lib/paths.ts";
import { run } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";
import { assertFilter, assertReplica } from "../commands/logs.ts";

/** The commands that pass their options on to the Pulumi CLI, which checks them. */
const passedOn = ["pulumi", "up"];

const folder = join(import.meta.dirname, "../commands");
const commands = readdirSync(folder).map((file) => file.replace(/\.ts$/, ""));

/** Arguments that are refused beside those that no command knows, by command. */
const wrong: Readonly<Record<string, readonly string[][]>> = {
  alerts: [["--stack", ""], ["--stack"], ["page"]],
  certificate: [["foo bar"]],
  dashboards: [["--last", "soon"], ["--out", ""], ["not-a-url"], ["http://127.0.0.1:1", "http://127.0.0.1:2"]],
  logs: [
    ["--component", "varnish"],
    ["--route", "contact"],
    ["--route", ""],
    ["--request", "a b"],
    ["--request", "short"],
    ["--since", "yesterday"],
    ["--since", "-1h"],
    ["--since"],
    ["--stack", ""],
    ["resume"],
  ],
  messages: [["--stack", ""], ["--after", ""], ["all"]],
  rotate: [[], ["password"], ["redisPassword", "--stack", ""]],
  test: [["no-such.test.ts"]],
  up: [["nonsense"], ["--stack", ""], ["--stack"]],
};

const called = (args: readonly string[]) => `${args.map((arg) => JSON.stringify(arg)).join(" ") || "no argument"}`;

describe("arguments that a command does not know are refused with one sentence, before it does anything", () => {
  const printed: string[] = [];
  beforeEach(() => {
    printed.length = 0;
    for (const stream of [process.stdout, process.stderr]) {
      mock.method(stream, "write", (text: string) => printed.push(text) > 0);
    }
  });
  afterEach(() => mock.restoreAll());

  for (const name of commands) {
    for (const args of [...(passedOn.includes(name) ? [] : [["--nonsense"]]), ...(wrong[name] ?? [])]) {
      test(`${name} with ${called(args)}`, async () => {
        const { default: command } = await import(join(folder, `${name}.ts`));
        await assert.rejects(command(args), (error: unknown) => {
          assert.ok(error instanceof UserError, String(Object(error).stack));
          assert.doesNotMatch(error.message, /\n/);
          return true;
        });
        mock.restoreAll();
        assert.deepEqual(printed, []);
      });
    }
  }
});

for (const { program, code } of [
  { program: ["toolchain/main.ts", "logs"], code: 1 },
  { program: ["benchmarks/main.ts"], code: 2 },
]) {
  test(`${program.join(" ")}: the exit code is ${code}, and the sentence is all that is printed`, async () => {
    const result = await run(process.execPath, [...program, "--nonsense"], { cwd: projectRoot });
    assert.deepEqual([result.code, result.stdout], [code, ""]);
    assert.match(result.stderr, /^\w+: Unknown option '--nonsense'. Usage: npm run [^\n]+\n$/);
  });
}

test("logs: a replica is named by its host name or by its container's", () => {
  const names = ["resume-dev-resume-0-1a2b3c4d", "resume-dev-resume-1-1a2b3c4d"];
  for (const name of ["resume-0-1a2b3c4d", "resume-dev-resume-1-1a2b3c4d"]) {
    assertReplica(name, "resume", names);
  }
  assert.throws(() => assertReplica("foo", "resume", names), {
    message: `--replica is "foo"; allowed for resume: ${names.join(", ")}.`,
  });
  assert.throws(() => assertReplica("foo", "resume", []), /allowed for resume: none, as no container of it is there/);
});

test("logs: each value that a line can have is taken", () => {
  assertFilter({ component: "nginx", route: "/static/:file", request: "0123456789abcdef0123456789abcdef" });
  assertFilter({ route: "unmatched", request: "3f0c2a51-7a1c-4f7e-9d0a-1b2c3d4e5f60" });
  assertFilter({});
});
