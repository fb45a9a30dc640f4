import type { ContactValues } from "./message.ts";

/** A message of the stream. */
export interface StoredMessage extends ContactValues {
  /** Its id in the stream. */
  readonly id: string;
  /** When it was stored: ISO date and time. */
  readonly time: string;
  readonly requestId: string;
}

/** Control characters except line feeds. A terminal would obey them. */
const controlCharacters = /[^\P{Cc}\n]/gu;

/** Formats a message for a terminal: time, sender, then the text. Control characters are replaced. */
export function formatMessage({ id, time, name, email, message }: StoredMessage): string {
  const when = `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
  const lines = message.split("\n").map((line) => (line === "" ? "" : `  ${line}`));
  return `${when}  ${name} <${email}>  [${id}]\n\n${lines.join("\n")}\n\n`.replace(controlCharacters, "�");
}
