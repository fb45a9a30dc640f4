import { styleText } from "node:util";
import type { LogLine } from "./source.ts";

/** A log line with its fields: those of its JSON, or its text as `message`. */
export interface LogEvent {
  readonly line: LogLine;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Filter {
  readonly replica?: string | undefined;
  readonly route?: string | undefined;
  readonly request?: string | undefined;
}

export function parseLine(line: LogLine): LogEvent {
  return { line, fields: parseFields(line.text) ?? { message: line.text } };
}

function parseFields(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith("{")) {
    return undefined;
  }
  try {
    return { ...Object(JSON.parse(text)) };
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

/** Whether an event passes a filter. nginx logs a request's id as `id`, and its path instead of a route. */
export function matches({ line, fields }: LogEvent, { replica, route, request }: Filter): boolean {
  return (
    (replica === undefined || fields.replica === replica || line.container === replica) &&
    (route === undefined || fields.route === route || fields.uri === route) &&
    (request === undefined || fields.requestId === request || fields.id === request)
  );
}

/** An event as a line of JSON, with its source. */
export function printJson({ line, fields }: LogEvent): string {
  return JSON.stringify({ ...fields, loggedAt: line.time, component: line.component, container: line.container });
}

/** The fields that the beginning of a printed line contains. */
const headFields = new Set(["time", "ts", "level", "message", "msg", "replica"]);

/** An event as a line for people: time, container, message, other fields. Control characters of visitors are escaped. */
export function printPretty({ line, fields }: LogEvent): string {
  const { level, message = fields.msg } = fields;
  const rest = Object.entries(fields)
    .filter(([name, value]) => !headFields.has(name) && value !== "")
    .map(([name, value]) => {
      const text = value instanceof Object ? JSON.stringify(value) : String(value);
      return `${styleText("dim", `${escaped(name)}=`)}${escaped(text)}`;
    });
  const isProblem = typeof level === "string" && /^(warn|error|fatal)/i.test(level);
  return [
    styleText("dim", line.time.slice(11, 23)),
    styleText("cyan", line.container || line.component),
    ...(isProblem ? [styleText("red", escaped(level))] : []),
    ...(message === undefined ? [] : [escaped(String(message))]),
    ...rest,
  ].join(" ");
}

function escaped(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
