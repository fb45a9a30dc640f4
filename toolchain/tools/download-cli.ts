/** A program: downloads version argv[3] of the official CLI into the folder argv[2]. */
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { SemVer } from "semver";

const [, , root, version] = process.argv;
if (!root || !version) {
  throw new Error("usage: download-cli.ts FOLDER VERSION");
}
await PulumiCommand.install({ root, version: new SemVer(version) });
