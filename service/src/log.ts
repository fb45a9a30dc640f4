/**
 * JSON lines on stdout, one event a line, written in batches. A library such as pino would have to be measured under load
 * before it could replace these lines.
 */

const levels = { debug: 10, info: 20, warn: 30, error: 40 } as const;

export type Level = keyof typeof levels;
export type Fields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** Whether lines of this level are written. Callers skip the work for others. */
  enabled(level: Level): boolean;
  /** Writes the current batch now. */
  flush(): void;
}

export interface LogOptions {
  readonly level: Level;
  /** Fields of every line, such as the replica's name. */
  readonly base: Fields;
  /** Receives lines, each with its line feed. */
  readonly write: (lines: string) => void;
}

const flushMs = 100;
const flushLength = 16_384;

export function isLevel(text: string): text is Level {
  return Object.hasOwn(levels, text);
}

export function createLog(options: LogOptions): Log {
  let gathered = "";
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (gathered === "") {
      return;
    }
    const lines = gathered;
    gathered = "";
    options.write(lines);
  };

  const enabled = (level: Level): boolean => levels[level] >= levels[options.level];

  const line = (level: Level, message: string, fields: Fields | undefined): void => {
    if (!enabled(level)) {
      return;
    }
    const event = { time: new Date().toISOString(), level, message, ...options.base, ...fields };
    gathered += `${JSON.stringify(event)}\n`;
    if (levels[level] >= levels.warn || gathered.length >= flushLength) {
      flush();
    } else {
      timer ??= setTimeout(flush, flushMs).unref();
    }
  };

  return {
    debug: (message, fields) => line("debug", message, fields),
    info: (message, fields) => line("info", message, fields),
    warn: (message, fields) => line("warn", message, fields),
    error: (message, fields) => line("error", message, fields),
    enabled,
    flush,
  };
}

/** Returns an error as log fields. Stacks go to the log only, never into a response. */
export function errorFields(error: unknown): Fields {
  if (!(error instanceof Error)) {
    return { error: String(error) };
  }
  const code = "code" in error ? { code: error.code } : {};
  return { error: error.message, ...code, stack: error.stack };
}
