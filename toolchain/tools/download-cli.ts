/** Run as a program of its own, so that it can be ended: downloads the official CLI of version argv[3] into argv[2]. */
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { SemVer } from "semver";

const [, , root, version] = process.argv;
if (!root || !version) {
  throw new Error("usage: download-cli.ts FOLDER VERSION");
}
await PulumiCommand.install({ root, version: new SemVer(version) });
