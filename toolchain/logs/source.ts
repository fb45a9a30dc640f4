/** A line that a container has written. */
export interface LogLine {
  /** When the engine or the node received it, in UTC by RFC 3339 with nanoseconds: it sorts as text. */
  readonly time: string;
  readonly component: string;
  readonly container: string;
  readonly text: string;
}

/** The lines to read. */
export interface Range {
  /** The start, in seconds since the epoch. */
  readonly since: number;
  /** Whether to go on with new lines until aborted. */
  readonly follow: boolean;
  /** The only component to read; undefined for all. */
  readonly component: string | undefined;
  readonly signal: AbortSignal;
}

/** A source of log lines, in the order of their time. A log store (Loki, OpenSearch) could be another implementation. */
export type LogSource = (range: Range) => AsyncIterable<LogLine>;
