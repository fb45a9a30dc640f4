import type { LogLine } from "./source.ts";

/** A line of the log as fields: those of its JSON, or its text as `message`. */
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
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

/** Whether a line is asked for. nginx names a request's id `id`, and its path in place of a route. */
export function matches({ line, fields }: LogEvent, { replica, route, request }: Filter): boolean {
  return (
    (replica === undefined || fields.replica === replica || line.container === replica) &&
    (route === undefined || fields.route === route || fields.uri === route) &&
    (request === undefined || fields.requestId === request || fields.id === request)
  );
}
