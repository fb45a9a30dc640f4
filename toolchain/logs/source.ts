/** One line that a container has written. */
export interface LogLine {
  /** When the engine or the node got it, RFC 3339 in UTC with nanoseconds: sorts as text. */
  readonly time: string;
  readonly component: string;
  readonly container: string;
  readonly text: string;
}

/** What a reader of logs wants to see of them. */
export interface Range {
  /** Seconds since the epoch: nothing older. */
  readonly since: number;
  /** Goes on with what is written from now on, until aborted. */
  readonly follow: boolean;
  /** These components only; all where there are none. */
  readonly component: string | undefined;
  readonly signal: AbortSignal;
}

/** Where log lines come from, in the order of their time: the engine or a cluster now, a log store (Loki, OpenSearch) later. */
export type LogSource = (range: Range) => AsyncIterable<LogLine>;
