/** An error that the user can act on. The message says what is wrong and what to do; it is printed without a stack trace. */
export class UserError extends Error {
  override name = "UserError";
}

/** The message of a thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether a thrown value is an error response of Docker's with this HTTP status. */
export function hasStatus(error: unknown, status: number): boolean {
  return error instanceof Error && "statusCode" in error && error.statusCode === status;
}

/** Whether a thrown value is a system error with this code, such as ENOENT. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
