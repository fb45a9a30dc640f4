import { at } from "../../../lib/at.ts";
import { connect } from "../../../lib/docker-engine.ts";
import { outputsInState } from "../own-state.ts";
import type { Target } from "../target.ts";
import { deployOnDocker } from "./deploy.ts";
import { lastPorts } from "./last-ports.ts";
import { assertNotOthers, type StackNetwork } from "./owner.ts";
import { checkMachine, type MachineFacts } from "./preflight.ts";

async function networkInState(): Promise<StackNetwork | undefined> {
  const network = await outputsInState("docker:index/network:Network");
  const [id, name] = [at(network, "id"), at(network, "name")];
  return typeof id === "string" && typeof name === "string" ? { id, name } : undefined;
}

export const target: Target<MachineFacts> = {
  async preflight({ config, engine, labels }) {
    const facts = await checkMachine(config, engine, labels, await lastPorts(config));
    await assertNotOthers(connect(engine), labels, networkInState);
    return facts;
  },
  deploy: deployOnDocker,
};
