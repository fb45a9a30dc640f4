import { styleText } from "node:util";
import type { LogEvent } from "./event.ts";

/** One JSON object a line: what the container wrote, and where that was. */
export function printJson({ line, fields }: LogEvent): string {
  return JSON.stringify({ ...fields, loggedAt: line.time, component: line.component, container: line.container });
}

/** What every line begins with, and so need not be said again. */
const heading = new Set(["time", "ts", "level", "message", "msg", "replica"]);

/** One line for people: time, where, what, and the other fields. What a visitor sent can't steer the terminal. */
export function printPretty({ line, fields }: LogEvent): string {
  const { level, message = fields.msg } = fields;
  const rest = Object.entries(fields)
    .filter(([name, value]) => !heading.has(name) && value !== "")
    .map(
      ([name, value]) =>
        `${dim(`${plain(name)}=`)}${value instanceof Object ? plain(JSON.stringify(value)) : plain(String(value))}`,
    );
  const loud = typeof level === "string" && /^(warn|error|fatal)/i.test(level) ? [styleText("red", plain(level))] : [];
  const text = message === undefined ? [] : [plain(String(message))];
  return [dim(line.time.slice(11, 23)), where(line.container || line.component), ...loud, ...text, ...rest].join(" ");
}

function dim(text: string): string {
  return styleText("dim", text);
}
function where(name: string): string {
  return styleText("cyan", name);
}

/** Control characters as escapes. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
