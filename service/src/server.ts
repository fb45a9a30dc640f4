import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** Longer than nginx keeps an idle connection to a replica (60 s): nginx closes first, so it never meets a closed one. */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_MS = 20_000;
const REQUEST_MS = 30_000;
const MAX_HEADER_BYTES = 16_384;
/** Connections that wait to be accepted in a burst; the kernel's own limit (net.core.somaxconn) still holds. */
const BACKLOG = 4096;

/** An HTTP server with limits on time and size, that names the replica even in answers to broken requests. */
export function createHttpServer(listener: RequestListener, replica: string): Server {
  const answering = new WeakSet<Duplex>();
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      noDelay: true,
    },
    (request, response) => {
      answering.add(request.socket);
      response.once("close", () => answering.delete(request.socket));
      listener(request, response);
    },
  );

  server.on("clientError", (error, socket) => {
    // In the middle of another answer, or with nobody left to read, there is nothing sound to say.
    if (!socket.writable || answering.has(socket)) {
      socket.destroy();
      return;
    }
    const code = "code" in error ? error.code : undefined;
    socket.end(`HTTP/1.1 ${statusOf(code)}\r\nX-Replica: ${replica}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  return server;
}

function statusOf(code: unknown): string {
  if (code === "HPE_HEADER_OVERFLOW") return "431 Request Header Fields Too Large";
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "408 Request Timeout";
  return "400 Bad Request";
}

/** Starts to listen. @returns the port, which is a free one when 0 was asked for */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, backlog: BACKLOG }, () => {
      server.off("error", reject);
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
