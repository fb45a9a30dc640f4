import type { ExportedState } from "./state.ts";

/** A thing that an interrupted update has made, and that the state does not hold. */
export type Leftover = {
  /** As in a message: `the container resume-dev-nginx`. */
  name: string;
  createdAt: number;
  /** One that has gone meanwhile is no error. */
  remove: () => Promise<unknown>;
};

/** Which of the things that were found before a state does not hold. @throws {UserError} when they are another clone's */
export type FindLeftovers = (state: ExportedState) => Promise<Leftover[]>;
