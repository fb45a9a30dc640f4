import { connect, type EngineConnection } from "./docker-engine.ts";
import { inTime } from "./in-time.ts";
import { messageOf, UserError } from "./user-error.ts";

/** Properties of an engine's machine. */
export interface EngineFacts {
  /** Number of processors. */
  cpus: number;
  /** The platform of the images that it runs, as `linux/amd64`. */
  platform: string;
}

/** Docker's name of an architecture, by the kernel's. */
const architectures: Record<string, string> = { x86_64: "amd64", aarch64: "arm64" };

/** Timeout of the engine's first answer, in milliseconds. */
const firstAnswerMs = 10_000;

/** Asks an engine for its properties. @throws {UserError} when no engine answers */
export async function describeEngine(connection: EngineConnection): Promise<EngineFacts> {
  try {
    const info: unknown = await inTime(connect(connection).info(), firstAnswerMs);
    const { NCPU, OSType, Architecture }: Record<string, unknown> = { ...Object(info) };
    if (typeof NCPU !== "number" || typeof OSType !== "string" || typeof Architecture !== "string") {
      throw new Error("what answers there is no Docker engine");
    }
    return { cpus: NCPU, platform: `${OSType}/${architectures[Architecture] ?? Architecture}` };
  } catch (error) {
    throw new UserError(
      `No Docker engine answers at ${connection.host} (${messageOf(error)}). Start Docker, or say where it is with docker:host or DOCKER_HOST.`,
    );
  }
}
