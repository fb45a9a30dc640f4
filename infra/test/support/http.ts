import assert from "node:assert/strict";
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Without an agent a request has a connection of its own. */
export interface RequestOptions {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  agent?: Agent;
}

/** One request as it is given: nothing is decoded, followed or added. */
export function ask(url: string, path: string, options: RequestOptions = {}): Promise<Answer> {
  const { method = "GET", headers = {}, body, agent } = options;
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request(
      { hostname, port, path, method, headers, agent: agent ?? false, timeout: 15_000 },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`no answer to ${path} within 15 s`)));
    sent.on("error", reject);
    sent.end(body);
  });
}

/** The path of the first file that the home page names. */
export async function staticPath(url: string): Promise<string> {
  const { body } = await ask(url, "/");
  const path = /"(\/static\/[^"]+)"/.exec(body.toString("utf8"))?.[1];
  assert.ok(path);
  return path;
}

/** A form as a browser sends it that vouches for it. */
export const form = (fields: Readonly<Record<string, string>>, client?: string): RequestOptions => ({
  method: "POST",
  body: new URLSearchParams(fields).toString(),
  headers: {
    "Content-Type": "application/x-www-form-urlencoded",
    "Sec-Fetch-Site": "same-origin",
    ...(client === undefined ? {} : { "X-Forwarded-For": client }),
  },
});

/**
 * Clients that ask as browsers do, until they are told to stop: what crosses with the end of a kept connection is sent
 * once more.
 */
export function startClients(url: string, paths: readonly string[]) {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const count = { sent: 0, resent: 0, failed: 0 };
  let stopped = false;
  const client = async (): Promise<void> => {
    while (!stopped) {
      for (const path of paths) {
        count.sent++;
        const again = () => {
          count.resent++;
          return ask(url, path);
        };
        const sound = await ask(url, path, { agent })
          .catch(again)
          .then(
            ({ status }) => status === 200,
            () => false,
          );
        if (!sound) {
          count.failed++;
        }
      }
      await pause(5);
    }
  };
  const clients = Promise.all(Array.from({ length: 16 }, client));
  return {
    async stop() {
      stopped = true;
      await clients;
      agent.destroy();
      return count;
    },
  };
}
