import { createServer } from "node:net";

/** Whether nothing listens on this port of 127.0.0.1. */
export const isFreePort = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

/** The first port of 127.0.0.1, from this one on, that nothing listens on. */
export const firstFreePort = async (from: number): Promise<number> => {
  let chosen = from;
  while (!(await isFreePort(chosen))) {
    chosen += 1;
  }
  return chosen;
};
