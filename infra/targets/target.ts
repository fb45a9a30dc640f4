import type { EngineConnection } from "../../lib/docker-engine.ts";
import type { Config } from "../config/config.ts";
import type { Labels } from "../labels.ts";
import type { Outputs } from "../outputs.ts";

/** A stack that is to be deployed. */
export interface StackRequest {
  config: Config;
  project: string;
  stack: string;
  /** What all objects of the stack carry. */
  labels: Labels;
  /** The engine that builds the images. */
  engine: EngineConnection;
}

/** Deploys the described system to one kind of platform. */
export interface Target<Facts> {
  /**
   * Checks the config against the machine or cluster, before anything is created.
   *
   * @throws {UserError} when something does not fit
   */
  preflight(request: StackRequest): Promise<Facts>;
  /** Creates all resources. */
  deploy(facts: Facts): Outputs;
}
