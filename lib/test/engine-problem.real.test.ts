import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { selfSigned } from "../certificate.ts";
import type { EngineConnection } from "../docker-engine.ts";
import { engineProblem } from "../engine-problem.ts";
import { SshError } from "../ssh-stream.ts";

const folder = mkdtempSync(join(tmpdir(), "engines-"));
const servers: Server[] = [];

async function listening(server: Server, path?: string): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) =>
    path === undefined ? server.listen(0, "127.0.0.1", resolve) : server.listen(path, resolve),
  );
  const address = server.address();
  return typeof address === "object" ? `tcp://127.0.0.1:${address?.port}` : `unix://${path}`;
}

/** Asks each engine in a process of its own, which must print nothing else and end by itself. */
const program = `
  import { askEngine, describeEngine } from ${JSON.stringify(join(import.meta.dirname, "../engine-facts.ts"))};
  const problems = await Promise.all(JSON.parse(process.argv[1]).map(async ({ ms, ...connection }) => {
    try {
      return ms === undefined ? await describeEngine(connection) : await askEngine(connection, "version", ms);
    } catch (error) {
      return error.name === "UserError" ? error.message : error.stack;
    }
  }));
  console.log(JSON.stringify(problems));
`;

type Question = EngineConnection & { ms?: number };

function ask(questions: Question[], options: { uid?: number; env?: NodeJS.ProcessEnv } = {}): Promise<unknown[]> {
  const { uid, env } = options;
  return new Promise((resolve, reject) =>
    execFile(
      process.execPath,
      ["--input-type=module", "--eval", program, JSON.stringify(questions)],
      { timeout: 20_000, env: { ...process.env, ...env }, ...(uid === undefined ? {} : { uid, gid: uid }) },
      (error, stdout, stderr) =>
        error === null && stderr === "" ? resolve(JSON.parse(stdout)) : reject(error ?? stderr),
    ),
  );
}

after(() => {
  for (const server of servers) {
    server.close();
  }
  rmSync(folder, { recursive: true });
});

test("each way in which an engine can't be used is one sentence that says what to do", async () => {
  const [own, other] = [await selfSigned(["127.0.0.1"]), await selfSigned(["127.0.0.1"])];
  const tls = { ca: own.certificate, cert: own.certificate, key: own.key };
  const sockets: Socket[] = [];
  const silent = () => createServer((socket) => sockets.push(socket));
  const secure = await listening(createHttpsServer({ key: own.key, cert: own.certificate }));
  const mutual = { key: own.key, cert: own.certificate, ca: own.certificate, requestCert: true };
  const strict = await listening(createHttpsServer({ ...mutual, rejectUnauthorized: true }));
  const web = createHttpServer((_, response) => response.end("<html></html>"));
  const plain = await listening(web);
  const missing = await listening(
    createHttpServer((_, response) => {
      response.writeHead(404, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ detail: { reason: "gone" } }));
    }),
  );
  // As Docker itself, Go answers on a port with TLS.
  const go = await listening(
    createHttpServer((_, response) => {
      response.writeHead(400, { "Content-Type": "text/plain" });
      response.end("Client sent an HTTP request to an HTTPS server.\n");
    }),
  );
  const closed = await listening(createServer((socket) => socket.end()));
  const free = createServer();
  const gone = await listening(free);
  free.close();
  const cases: [Question, RegExp][] = [
    [{ host: "unix:///nowhere/docker.sock" }, /: there is no such socket\. Start Docker there, or name another/],
    [{ host: gone }, /: nothing listens there\. Start Docker there/],
    [{ host: await listening(silent()), ms: 1000 }, /: there is no answer in time: .*\. Restart Docker there\.$/],
    [{ host: await listening(silent(), join(folder, "silent")), ms: 1000 }, /: there is no answer in time: /],
    [{ host: secure }, /: it ended the connection .*, as an engine with TLS does\. Check .* DOCKER_CERT_PATH/],
    [{ host: go }, /: what answers there does not speak plain HTTP\. .* in DOCKER_CERT_PATH \(docker:certPath\)\.$/],
    [{ host: plain, tls }, /: what answers there does not speak TLS\. Unset DOCKER_CERT_PATH/],
    [{ host: secure, tls: { ...tls, ca: other.certificate } }, /: its certificate is refused: .*\. ca\.pem in /],
    [{ host: strict, tls: { ...tls, cert: other.certificate, key: other.key } }, /: it (refuses your|ended the conn)/],
    [{ host: secure, tls: { ...tls, key: "no key" } }, /: the files in DOCKER_CERT_PATH .* are no cert.* PEM: /],
    [{ host: plain }, /^What answers at tcp:\/\/127\.0\.0\.1:\d+ is no Docker engine\. Correct the address\.$/],
    [{ host: missing }, /: no Docker engine answers there: \(HTTP code 404\) .*"reason":"gone".*\. Correct the addr/],
    [{ host: closed }, /: it ended the connection without an answer/],
    [{ host: "tcp://nowhere.invalid:2375" }, /: there is no host nowhere\.invalid\. Correct the address\.$/],
    [
      { host: "foo://bar" },
      /^The address of the Docker engine .* is "foo:\/\/bar"; allowed: one that starts with unix/,
    ],
    [{ host: "localhost:2375" }, /^The address of the Docker engine .* is "localhost:2375"; allowed: /],
  ];
  try {
    const problems = await ask(cases.map(([question]) => question));
    for (const [index, [{ host }, expected]] of cases.entries()) {
      const problem = String(problems[index]);
      assert.match(problem, expected, host);
      assert.match(problem, /^[^\n]+\.$/);
      assert.doesNotMatch(problem, /\[object Object\]/);
    }
  } finally {
    for (const socket of sockets) {
      socket.destroy();
    }
    web.closeAllConnections();
  }
});

test("without permission for the socket the sentence names the group and the command", async (context) => {
  if (process.getuid?.() !== 0) {
    return context.skip("another user is needed, which only root can become");
  }
  chmodSync(folder, 0o755);
  const path = join(folder, "closed");
  const host = await listening(createServer(), path);
  chmodSync(path, 0o000);
  const [problem] = await ask([{ host }], { uid: 65_534 });
  assert.equal(
    problem,
    `No Docker engine can be used at ${host}: you may not use its socket, which is for root and the group docker. Run \`sudo usermod -aG docker $USER\`, then sign in anew.`,
  );
});

describe("by ssh", () => {
  const programs = join(folder, "bin");
  const withSsh = (script: string) => {
    mkdirSync(programs, { recursive: true });
    writeFileSync(join(programs, "ssh"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { env: { PATH: [programs, process.env.PATH ?? ""].join(delimiter), SSH_AUTH_SOCK: "" } };
  };
  let engine: string;
  before(async () => {
    const answer = { NCPU: 7, OSType: "linux", Architecture: "aarch64" };
    engine = join(folder, "engine");
    await listening(
      createHttpServer((_, response) => response.end(JSON.stringify(answer))),
      engine,
    );
  });

  test("the ssh program is asked, with the user, the port and docker:sshOpts", async () => {
    const bridge = `const s = require("net").connect("${engine}"); process.stdin.pipe(s); s.pipe(process.stdout)`;
    const script = `echo "$@" > ${folder}/arguments\nexec ${process.execPath} -e '${bridge}'`;
    const question = { host: "ssh://ada@far:2222", sshOptions: ["-i", "key"] };
    assert.deepEqual(await ask([question], withSsh(script)), [{ cpus: 7, platform: "linux/arm64" }]);
    assert.equal(
      readFileSync(join(folder, "arguments"), "utf8").trim(),
      "-T -o BatchMode=yes -i key -l ada -p 2222 -- far docker system dial-stdio",
    );
  });

  test("what ssh says is one sentence, and a program that ends at once is no other error", async () => {
    const script = 'echo "ada@far: Permission denied (publickey)." >&2; exit 255';
    assert.deepEqual(await ask([{ host: "ssh://ada@far" }], withSsh(script)), [
      "No Docker engine can be used at ssh://ada@far: ssh may not sign in, and no ssh-agent runs. Run `eval $(ssh-agent)` and `ssh-add`; the machine must have your key's public part.",
    ]);
    assert.deepEqual(await ask([{ host: "ssh://far" }], { env: { PATH: folder } }), [
      "No Docker engine can be used at ssh://far: there is no ssh program on this machine. Install OpenSSH's client.",
    ]);
    const [silent] = await ask([{ host: "ssh://far", ms: 500 }], withSsh("exec sleep 30"));
    assert.match(String(silent), /: there is no answer in time: /);
  });

  test("each thing that ssh says has its sentence", () => {
    for (const [printed, expected] of [
      ["Host key verification failed.", "Run `ssh -p 22 ada@far` once"],
      ["@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.", "ssh-keygen -R far"],
      ["bash: line 1: docker: command not found", "Install Docker there"],
      ["ssh: Could not resolve hostname far: Name or service not known", "there is no host far"],
      ["ssh: connect to host far port 22: Connection refused", "no ssh server listens there"],
      ["ssh: connect to host far port 22: Connection timed out", "no network leads there"],
      ["Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is it running?", "Docker does not run"],
      ["dial unix /var/run/docker.sock: connect: permission denied", "sudo usermod -aG docker $USER"],
      ["permission denied while trying to connect to the Docker daemon socket", "sudo usermod -aG docker $USER"],
      ["Something new.", "ssh says: Something new."],
    ] as const) {
      const sentence = engineProblem("ssh://ada@far:22", new SshError(printed));
      assert.ok(sentence.includes(expected), `${printed}: ${sentence}`);
    }
  });
});
