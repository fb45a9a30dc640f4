import type { ContactValues } from "./message.ts";

/** A message as it lies in the stream. */
export interface StoredMessage extends ContactValues {
  /** Its id in the stream. */
  readonly id: string;
  /** When it was stored: ISO date and time. */
  readonly time: string;
  readonly requestId: string;
}

/** What a terminal would obey rather than show, but for line feeds. */
const CONTROLS = /[^\P{Cc}\n]/gu;

/** A message as text for people: who and when, then what. Safe to show in a terminal, whoever wrote it. */
export function formatMessage({ id, time, name, email, message }: StoredMessage): string {
  const when = `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
  const lines = message.split("\n").map((line) => (line === "" ? "" : `  ${line}`));
  return `${when}  ${name} <${email}>  [${id}]\n\n${lines.join("\n")}\n\n`.replace(CONTROLS, "�");
}
