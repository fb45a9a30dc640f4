import { createServer } from "node:net";

/** Whether nothing listens on this port of 127.0.0.1. */
export function isFreePort(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** The first port of 127.0.0.1, from this one on, that nothing listens on. */
export async function firstFreePort(from: number): Promise<number> {
  let chosen = from;
  while (!(await isFreePort(chosen))) {
    chosen += 1;
  }
  return chosen;
}
