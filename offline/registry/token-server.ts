/**
 * Gives out the tokens that the registry asks for: anybody may pull, and who has the login may push.
 * Run in the background by registry.ts, with the file that has its port as the argument.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { type Access, isLogin, makeToken, tokenSeconds } from "./access.ts";

/** What is asked for: `repository:NAME:pull,push`, several with spaces between them. Names may have colons. */
function requested(scopes: string[], allowed: readonly string[]): Access[] {
  return scopes
    .flatMap((scope) => scope.split(" "))
    .flatMap((scope) => {
      const [, name, actions] = /^repository:(.+):([a-z,*]*)$/.exec(scope) ?? [];
      return name === undefined || actions === undefined
        ? []
        : [{ type: "repository", name, actions: actions.split(",").filter((action) => allowed.includes(action)) }];
    });
}

const server = createServer((request, response) => {
  if (request.method !== "GET") {
    // Some clients try OAuth2's POST first, and then GET.
    response.writeHead(405, { allow: "GET" }).end();
    return;
  }
  const { authorization } = request.headers;
  if (authorization !== undefined && !isLogin(authorization)) {
    response.writeHead(401, { "www-authenticate": 'Basic realm="resume"' }).end();
    return;
  }
  const allowed = authorization === undefined ? ["pull"] : ["pull", "push"];
  const scopes = new URL(request.url ?? "/", "http://localhost").searchParams.getAll("scope");
  const token = makeToken(requested(scopes, allowed));
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify({ token, access_token: token, expires_in: tokenSeconds }));
});

server.listen(Number(readFileSync(process.argv[2] ?? "", "utf8")), "127.0.0.1");
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => server.close(() => process.exit(0)).closeAllConnections());
}
