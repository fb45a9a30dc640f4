/** Errors of the Docker engine. */

/** The HTTP status of an engine's error, undefined for any other error. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
    ? error.statusCode
    : undefined;
}

/** The sentence in an error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Runs a call; undefined when what it asks for does not exist. */
export async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (statusOf(error) === 404) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Repeats a removal while the engine says the thing is still used: what uses it is on its way out.
 * @param limitMs after this the engine's own error is thrown.
 */
export async function removeWhenFree(
  remove: () => Promise<unknown>,
  isBusy: (error: unknown) => boolean,
  limitMs = 30_000,
) {
  const end = Date.now() + limitMs;
  for (;;) {
    try {
      await remove();
      return;
    } catch (error) {
      if (statusOf(error) === 404) {
        return;
      }
      if (!isBusy(error) || Date.now() > end) {
        throw error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
