import { createServer } from "node:net";

/** Whether a port of 127.0.0.1 is free. */
export function isFreePort(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** The first free port of 127.0.0.1, starting at this one. */
export async function firstFreePort(from: number): Promise<number> {
  let port = from;
  while (!(await isFreePort(port))) {
    port += 1;
  }
  return port;
}
