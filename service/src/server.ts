import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Log } from "./log.ts";
import type { RejectedStatus } from "./metrics/catalogue.ts";
import type { Metrics } from "./metrics/metrics.ts";

/** Longer than nginx keeps an idle connection to a replica (60 s): nginx closes first, so it never meets a closed one. */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_MS = 20_000;
const REQUEST_MS = 30_000;
const MAX_HEADER_BYTES = 16_384;
/** Connections that wait to be accepted in a burst; the kernel's own limit (net.core.somaxconn) still holds. */
const BACKLOG = 4096;

/** An HTTP server with limits on time and size, that names the replica even in answers to broken requests. */
export function createHttpServer(listener: RequestListener, replica: string, onRejected: RejectedRequests): Server {
  /** The responses of a connection, the oldest first; those that are over stay until its next request. */
  const responses = new WeakMap<Duplex, ServerResponse[]>();
  const underWay = (socket: Duplex) => responses.get(socket)?.filter(({ closed }) => !closed) ?? [];
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      noDelay: true,
    },
    (request, response) => {
      responses.set(request.socket, [...underWay(request.socket), response]);
      if (settleTarget(request)) {
        listener(request, response);
      } else {
        onRejected("400", "the target is none");
        refuse(response, replica);
      }
    },
  );

  server.on("clientError", (error, socket) => {
    const [response, ...others] = underWay(socket);
    const code = "code" in error ? error.code : undefined;
    // The body broke before its request was answered: that is the answer.
    if (response !== undefined && others.length === 0 && !response.headersSent) {
      refuse(response, replica);
    }
    // In the middle of another answer, or with nobody left to read, there is nothing sound to say.
    else if (response !== undefined || !socket.writable) {
      socket.destroy();
    } else {
      onRejected(statusOf(code), code);
      say(socket, statusOf(code), replica);
    }
  });
  // A tunnel, which this server is none for.
  server.on("connect", (_request, socket) => {
    // The server leaves its errors to whoever takes the tunnel.
    socket.on("error", () => socket.destroy());
    onRejected("405");
    say(socket, "405", replica);
  });
  return server;
}

/** Answers 400 and closes the connection: what follows on it may not be what it seems. */
function refuse(response: ServerResponse, replica: string): void {
  response.writeHead(400, { "X-Replica": replica, Connection: "close", "Content-Length": "0" }).end();
}

/** Says one status on a connection without a request, and closes it. */
function say(socket: Duplex, status: RejectedStatus, replica: string): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nX-Replica: ${replica}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}

function statusOf(code: unknown): RejectedStatus {
  if (code === "HPE_HEADER_OVERFLOW") {
    return "431";
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return "408";
  }
  return "400";
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

/** Takes notice of what came in and was no sound request, so that it never became one; the reason is Node's code, if there is one. */
export type RejectedRequests = (status: RejectedStatus, reason?: unknown) => void;

/** Counts and logs refusals. There is no path and no id to tell. */
export function rejectedRequests(metrics: Metrics, log: Log): RejectedRequests {
  return (status, reason) => {
    metrics.httpRefused.inc({ status });
    log.info("refused what is no sound request", { status: Number(status), reason });
  };
}

/**
 * Brings a request's target into the form "/path?query", which the rest of the service relies on: a full address, as
 * proxies send it, becomes its path (RFC 9112, 3.2.2).
 * @returns false for a target that is none
 */
function settleTarget(request: IncomingMessage): boolean {
  const target = request.url ?? "";
  if (target.startsWith("/") || (target === "*" && request.method === "OPTIONS")) {
    return true;
  }
  if (!/^https?:\/\/[^/?#]/i.test(target) || !URL.canParse(target)) {
    return false;
  }
  const { host, pathname, search } = new URL(target);
  request.url = `${pathname}${search}`;
  request.headers.host = host;
  return true;
}
