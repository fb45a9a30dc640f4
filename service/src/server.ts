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

/** Longer than nginx keeps an idle connection (60 s), so that nginx never sends a request on a closed one. */
const keepAliveMs = 75_000;
const headersMs = 20_000;
const requestMs = 30_000;
const maxHeaderBytes = 16_384;
/** Pending connections in a burst. The kernel's limit (net.core.somaxconn) applies as well. */
const backlog = 4096;

/** Creates an HTTP server with limits on time and size. Its responses to malformed requests carry X-Replica, too. */
export function createHttpServer(listener: RequestListener, replica: string, onRejected: RejectedRequests): Server {
  /** Responses of each connection, oldest first. Finished ones stay until the next request. */
  const responses = new WeakMap<Duplex, ServerResponse[]>();
  const underWay = (socket: Duplex) => responses.get(socket)?.filter(({ closed }) => !closed) ?? [];
  const server = createServer(
    {
      keepAliveTimeout: keepAliveMs,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      maxHeaderSize: maxHeaderBytes,
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
    // The body was malformed before its request was answered.
    if (response !== undefined && others.length === 0 && !response.headersSent) {
      refuse(response, replica);
    }
    // No response can be sent in the middle of another one, or to a closed socket.
    else if (response !== undefined || !socket.writable) {
      socket.destroy();
    } else {
      onRejected(statusOf(code), code);
      say(socket, statusOf(code), replica);
    }
  });
  // CONNECT: this server is no proxy.
  server.on("connect", (_request, socket) => {
    // Node leaves the errors of this socket to the listener.
    socket.on("error", () => socket.destroy());
    onRejected("405");
    say(socket, "405", replica);
  });
  return server;
}

/** Answers 400 and closes the connection, as the start of a next request on it is not known. */
function refuse(response: ServerResponse, replica: string): void {
  response.writeHead(400, { "X-Replica": replica, Connection: "close", "Content-Length": "0" }).end();
}

/** Writes a status on a connection without a request, and closes it. */
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

/** Starts to listen, on all addresses without a host. @returns the port: a free one for port 0 */
export function listen(server: Server, port: number, host: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host, backlog }, () => {
      server.off("error", reject);
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

/** Records a malformed request, which never reaches the application. The reason is Node's error code, if any. */
export type RejectedRequests = (status: RejectedStatus, reason?: unknown) => void;

/** Counts and logs malformed requests. They have neither a path nor an id. */
export function rejectedRequests(metrics: Metrics, log: Log): RejectedRequests {
  return (status, reason) => {
    metrics.httpRefused.inc({ status });
    log.info("rejected a malformed request", { status: Number(status), reason });
  };
}

/**
 * Normalizes a request's target to "/path?query". Proxies send a full address (RFC 9112, 3.2.2).
 * @returns false for an invalid target
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
