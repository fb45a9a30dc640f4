/** JSON lines on stdout, one event a line. Lines are gathered for a moment, so that a busy replica writes once for many. */

const LEVELS = { debug: 10, info: 20, warn: 30, error: 40 } as const;

export type Level = keyof typeof LEVELS;
export type Fields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** Whether a line of this level is written at all: lets a caller skip work for a line nobody reads. */
  enabled(level: Level): boolean;
  /** Writes what is gathered, now. */
  flush(): void;
}

export interface LogOptions {
  readonly level: Level;
  /** Fields that every line carries, such as the replica's name. */
  readonly base: Fields;
  /** Takes finished lines, each with its line feed. */
  readonly write: (lines: string) => void;
}

const FLUSH_MS = 100;
const FLUSH_LENGTH = 16_384;

export function isLevel(text: string): text is Level {
  return Object.hasOwn(LEVELS, text);
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

  const enabled = (level: Level): boolean => LEVELS[level] >= LEVELS[options.level];

  const line = (level: Level, message: string, fields: Fields | undefined): void => {
    if (!enabled(level)) {
      return;
    }
    const event = { time: new Date().toISOString(), level, message, ...options.base, ...fields };
    gathered += `${JSON.stringify(event)}\n`;
    if (LEVELS[level] >= LEVELS.warn || gathered.length >= FLUSH_LENGTH) {
      flush();
    } else {
      timer ??= setTimeout(flush, FLUSH_MS).unref();
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

/** An error as fields of a log line: the stack goes to the log only, never into a response. */
export function errorFields(error: unknown): Fields {
  if (!(error instanceof Error)) {
    return { error: String(error) };
  }
  const code = "code" in error ? { code: error.code } : {};
  return { error: error.message, ...code, stack: error.stack };
}
