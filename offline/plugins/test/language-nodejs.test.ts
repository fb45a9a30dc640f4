import assert from "node:assert/strict";
import { test } from "node:test";
import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import { nodeArguments } from "../language-nodejs/run.ts";
import { splitArguments } from "../language-nodejs/split-arguments.ts";
import { toStruct } from "../lib/values.ts";

test("node is started with the SDK's runner and everything it must know", () => {
  const root = process.cwd();
  const info = new languagePb.ProgramInfo();
  info.setRootDirectory(root);
  info.setProgramDirectory(root);
  info.setEntryPoint(".");
  info.setOptions(toStruct({ typescript: false, nodeargs: "--max-old-space-size=512 --title='a b'" }));
  const request = new languagePb.RunRequest();
  request.setInfo(info);
  request.setMonitorAddress("127.0.0.1:1");
  request.setProject("p");
  request.setStack("dev");
  request.setPwd(root);
  request.setParallel(16);
  request.setDryrun(true);
  request.setOrganization("organization");
  const args = nodeArguments(request, "127.0.0.1:2");
  assert.deepEqual(args.slice(0, 2), ["--max-old-space-size=512", "--title=a b"]);
  assert.match(args[2] ?? "", /@pulumi[\\/]pulumi[\\/]cmd[\\/]run[\\/]index\.js$/);
  assert.deepEqual(args.slice(3), [
    ...["--monitor", "127.0.0.1:1", "--engine", "127.0.0.1:2", "--organization", "organization", "--project", "p"],
    ...["--root-directory", root, "--stack", "dev", "--pwd", root, "--parallel", "16", "--dry-run", "."],
  ]);
});

test("a command line is split as a shell does", () => {
  assert.deepEqual(splitArguments(`  a "b c" d\\ e 'f"g' "" h`), ["a", "b c", "d e", 'f"g', "", "h"]);
  assert.throws(() => splitArguments("a 'b"), /not closed/);
});
