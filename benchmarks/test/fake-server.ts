import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { Address } from "../address.ts";
import type { Side } from "../compare.ts";

export const goodBody = Buffer.from("<!doctype html><title>é</title></html>");

/** A server on a free port of the loopback interface, closed with the test. @returns its address */
export async function fakeServer(test: TestContext, listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  test.after(() => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  });
  const address: AddressInfo | string | null = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`;
}

/** Calls back for each request with its number, from 1. */
export const numbered = (answer: (number: number, ...args: Parameters<RequestListener>) => void): RequestListener => {
  let number = 0;
  return (request, response) => answer(++number, request, response);
};

export const good: RequestListener = (_request, response) => response.end(goodBody);

export const address = (url: string): Address => ({
  url,
  headers: {},
  expected: { encoding: undefined, body: { kind: "bytes", bytes: goodBody } },
});

/** A side whose CPU time grows by a second for nginx and three for the replicas each time that it is read. */
export function side(url: string): Side {
  let reads = 0;
  return { address: address(url), cpu: async () => ({ nginx: ++reads, replicas: 3 * reads }) };
}
