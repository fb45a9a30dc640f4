/** An error whose message is all that the user needs: what is wrong, and what to do. It is printed without a stack trace. */
export class UserError extends Error {
  override name = "UserError";
}

/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Whether what was thrown is a system error with this code, such as ENOENT. */
export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
