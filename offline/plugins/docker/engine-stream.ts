/** Answers that the engine gives in pieces: one JSON object a line, the last one being an error when it went wrong. */
import type Docker from "dockerode";

/**
 * Reads the answer to its end.
 * @throws the engine's error sentence.
 */
export async function followStream(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  onEvent: (event: object) => void = () => {},
): Promise<void> {
  let failure: string | undefined;
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(
      stream,
      (error: Error | null) => (error ? reject(error) : resolve()),
      (event: unknown) => {
        if (typeof event === "object" && event !== null) {
          onEvent(event);
          failure = "error" in event ? String(event.error) : failure;
        }
      },
    );
  });
  if (failure !== undefined) {
    throw new Error(failure);
  }
}
