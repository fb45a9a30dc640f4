/** Prints a line to stderr: stdout is for the command's own output. */
export function say(thing: string, text: string): void {
  process.stderr.write(`toolchain: ${`${thing}:`.padEnd(9)} ${text}\n`);
}

/** Prints that another process holds a lock. */
export function sayWaiting(pid: number): void {
  say("lock", `another run (process ${pid}) is at work; waiting for it`);
}

/** A duration for people: `0.4 s`, `38 s`, `3 min 20 s`. */
export function seconds(milliseconds: number): string {
  const whole = Math.round(milliseconds / 1000);
  if (milliseconds < 9_950) {
    return `${(milliseconds / 1000).toFixed(1)} s`;
  }
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Starts a stopwatch. @returns a function that returns the elapsed milliseconds */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => performance.now() - start;
}

const frames = ["|", "/", "-", "\\"];

/**
 * Runs work that may take long, and shows that it is running: by a spinner on a terminal, by a line every 15 s elsewhere.
 */
export async function withProgress<T>(thing: string, doing: string, work: () => Promise<T>): Promise<T> {
  const elapsed = stopwatch();
  const terminal = process.stderr.isTTY === true;
  let tick = 0;
  const show = (): void => {
    if (!terminal) {
      say(thing, `${doing} … ${seconds(elapsed())}`);
      return;
    }
    const frame = frames[tick++ % frames.length] ?? "";
    process.stderr.write(`\r\x1b[Ktoolchain: ${`${thing}:`.padEnd(9)} ${frame} ${doing} ${seconds(elapsed())}`);
  };
  const timer = setInterval(show, terminal ? 200 : 15_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (terminal) {
      process.stderr.write("\r\x1b[K");
    }
  }
}
