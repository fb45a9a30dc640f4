import type { Target } from "../target.ts";
import { deployOnDocker } from "./deploy.ts";
import { lastPorts } from "./last-ports.ts";
import { checkMachine, type MachineFacts } from "./preflight.ts";

export const target: Target<MachineFacts> = {
  preflight: async ({ config, engine, labels }) => checkMachine(config, engine, labels, await lastPorts(config)),
  deploy: deployOnDocker,
};
