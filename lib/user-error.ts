/** An error whose message is all that the user needs: what is wrong, and what to do. It is printed without a stack trace. */
export class UserError extends Error {
  override name = "UserError";
}

/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Whether what was thrown is an answer of Docker's with this HTTP status. */
export const hasStatus = (error: unknown, status: number): boolean =>
  error instanceof Error && "statusCode" in error && error.statusCode === status;

/** Whether what was thrown is a system error with this code, such as ENOENT. */
export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
