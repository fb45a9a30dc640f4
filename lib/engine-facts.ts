import { connect, type EngineConnection } from "./docker-engine.ts";
import { engineProblem } from "./engine-problem.ts";
import { UserError } from "./user-error.ts";

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

/**
 * The first request to an engine.
 *
 * @throws {UserError} that says why it can't be used; after `ms` milliseconds at the latest
 */
export async function askEngine(
  connection: EngineConnection,
  question: "info" | "version" | "ping",
  ms = firstAnswerMs,
): Promise<unknown> {
  try {
    const client = connect(connection);
    // Without the signal a silent engine would keep the process alive. dockerode takes it, though its types do not list it.
    return await Reflect.apply(client[question], client, [{ abortSignal: AbortSignal.timeout(ms) }]);
  } catch (error) {
    if (error instanceof UserError) {
      throw error;
    }
    throw new UserError(`No Docker engine can be used at ${connection.host}: ${engineProblem(connection.host, error)}`);
  }
}

/** Asks an engine for its properties. @throws {UserError} when there is none */
export async function describeEngine(connection: EngineConnection): Promise<EngineFacts> {
  const { NCPU, OSType, Architecture }: Record<string, unknown> = { ...Object(await askEngine(connection, "info")) };
  if (typeof NCPU !== "number" || typeof OSType !== "string" || typeof Architecture !== "string") {
    throw new UserError(`What answers at ${connection.host} is no Docker engine. Correct the address.`);
  }
  return { cpus: NCPU, platform: `${OSType}/${architectures[Architecture] ?? Architecture}` };
}
