/** Run as a program of its own, so that it can be ended: downloads the official CLI of the SDK's version into argv[2]. */
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";

const root = process.argv[2];
if (!root) throw new Error("usage: download-cli.ts FOLDER");
await PulumiCommand.install({ root });
