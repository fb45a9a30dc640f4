import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, test } from "node:test";
import { at } from "../../lib/at.ts";
import { connect, engineConnection } from "../../lib/docker-engine.ts";
import { pullImage, pushImage } from "../../lib/docker-images.ts";
import { type ImageName, pinnedImages } from "../../lib/images.ts";
import { run } from "../../lib/run.ts";
import { makeable, pinnedImageVersion } from "../images/make.ts";
import { pushLogin, registryFolder } from "../registry/access.ts";
import { holdsImage, registryAddress } from "../registry/registry.ts";

const registry = process.env.RESUME_TEST_REGISTRY ?? "";
/** Whether the images come from our own registry; where official ones are pulled there is nothing to prove. */
const made = registry !== "" && registry === registryAddress();
const docker = connect(engineConnection({}));

/** Runs a shell line in an image as the stack does: as that user, read-only but for /tmp, without any capability. */
async function inImage(name: ImageName, user: string, script: string): Promise<string> {
  const image = `${registry}/${pinnedImages[name]}`;
  await pullImage(docker, image);
  const container = await docker.createContainer({
    Image: image,
    User: user,
    Entrypoint: ["sh", "-ec", script],
    Cmd: [],
    Tty: true,
    HostConfig: {
      ReadonlyRootfs: true,
      Tmpfs: { "/tmp": "" },
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      Init: true,
    },
  });
  try {
    const output = new PassThrough().setEncoding("utf8");
    let said = "";
    output.on("data", (text: string) => {
      said += text;
    });
    (await container.attach({ stream: true, stdout: true, stderr: true })).pipe(output);
    await container.start();
    const { StatusCode } = await container.wait();
    assert.equal(StatusCode, 0, said);
    return said;
  } finally {
    await container.remove({ force: true, v: true });
  }
}

function untilAnswers(url: string): string {
  return `for i in 1 2 3 4 5 6 7 8 9 10; do wget -qO /tmp/answer ${url} && break; sleep 0.5; done; cat /tmp/answer`;
}

describe("the made images stand in for the official ones", {
  skip: made ? false : "the official ones are pulled",
}, () => {
  test("the registry holds each of them", async () => {
    for (const { reference } of makeable()) {
      assert.ok(await holdsImage(registry, reference), reference);
    }
    assert.equal(await holdsImage(registry, "there-is-none:1"), false);
  });

  test("anybody may pull, and to push takes the login, which no other user can read", async () => {
    const reference = `${registry}/${pinnedImages.busybox}`;
    const { password } = pushLogin();
    await assert.rejects(pushImage(docker, reference, { username: "", password: "" }), /denied|unauthorized/);
    await assert.rejects(pushImage(docker, reference, { username: "resume", password: "guess" }), /unauthorized/i);
    await pushImage(docker, reference, pushLogin());

    // As a program of another user would try, without the engine.
    const upload = `http://${registry}/v2/busybox/blobs/uploads/`;
    const refused = await fetch(upload, { method: "POST" });
    assert.equal(refused.status, 401);
    const challenge = refused.headers.get("www-authenticate") ?? "";
    const [, realm, service, scope] = /realm="(.+?)",service="(.+?)",scope="(.+?)"/.exec(challenge) ?? [];
    const answer: unknown = await (await fetch(`${realm}?service=${service}&scope=${scope}`)).json();
    const authorization = `Bearer ${at(answer, "token")}`;
    assert.equal((await fetch(upload, { method: "POST", headers: { authorization } })).status, 401);
    const manifest = `http://${registry}/v2/${pinnedImages.busybox.replace(":", "/manifests/")}`;
    assert.equal((await fetch(manifest, { headers: { authorization } })).status, 200);

    assert.equal(statSync(registryFolder).mode & 0o777, 0o700);
    for (const file of readdirSync(registryFolder).filter((name) => name !== "docker-config" && name !== "data")) {
      const isSecret = readFileSync(join(registryFolder, file), "utf8").includes(password);
      assert.equal(isSecret, file === "password", file);
    }
    assert.equal(statSync(join(registryFolder, "password")).mode & 0o777, 0o600);
    const { stdout } = await run("ps", ["-eo", "args"]);
    assert.ok(!stdout.includes(password));
  });

  test("node runs as anybody, npm trusts the machine's authorities", async () => {
    const said = await inImage(
      "node",
      "10001:10001",
      "node --version; npm --version; npm config get cafile; touch /tmp/x",
    );
    assert.match(said, new RegExp(`^v${pinnedImageVersion(pinnedImages.node)}\r\n\\d+\\.`));
    assert.match(said, /\/etc\/ssl\/certs\/ca-certificates\.crt/);
  });

  test("busybox is one program, at /bin/busybox", async () => {
    const said = await inImage("busybox", "10001:10001", "/bin/busybox true; wget --help 2>&1 | head -1; ls -ld /tmp");
    assert.match(said, /BusyBox/);
    assert.match(said, /drwxrwxrwt/);
  });

  test("redis owns /data and answers", async () => {
    const script =
      "stat -c %u:%g /data; redis-server --dir /tmp --save '' >/dev/null & for i in 1 2 3 4 5 6 7 8 9 10; do redis-cli ping 2>/dev/null | grep PONG && break; sleep 0.5; done; redis-server --version";
    const said = await inImage("redis", "999:1000", script);
    assert.match(said, /999:1000\r\nPONG\r\n/);
    assert.ok(said.includes(`v=${pinnedImageVersion(pinnedImages.redis)}`));
  });

  test("nginx runs without root, with its own configuration, and re-resolves names in an upstream", async () => {
    const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path /tmp/${name};`);
    const config = `pid /tmp/nginx.pid; events {} http { include /etc/nginx/mime.types; ${paths.join(" ")} access_log off;
      upstream app { zone app 64k; least_conn; resolver 127.0.0.1 valid=1s; server localhost:81 resolve; keepalive 2; }
      server { listen 8080; location / { return 200 fine; } location /app { proxy_pass http://app; } location /status { stub_status; } } }`;
    const script = `cat > /tmp/nginx.conf <<'END'\n${config}\nEND\nnginx -c /tmp/nginx.conf 2>/dev/null; ${untilAnswers("http://127.0.0.1:8080/")}; nginx -v 2>&1`;
    const said = await inImage("nginx", "101:101", script);
    assert.match(said, /^fine/);
    assert.ok(said.includes(`nginx/${pinnedImageVersion(pinnedImages.nginx)}`));
  });

  test("prometheus and promtool are where the official image has them", async () => {
    const script = `echo 'global: {}' > /tmp/p.yml; /bin/promtool check config /tmp/p.yml; stat -c %u:%g /prometheus;
      /bin/prometheus --config.file=/tmp/p.yml --storage.tsdb.path=/tmp/data 2>/dev/null & ${untilAnswers("http://127.0.0.1:9090/-/healthy")}`;
    const said = await inImage("prometheus", "65534:65534", script);
    assert.match(said, /65534:65534/);
    assert.match(said, /Healthy/);
  });

  test("the exporters answer", async () => {
    const redis = await inImage(
      "redisExporter",
      "59000:59000",
      `/redis_exporter 2>/dev/null & ${untilAnswers("http://127.0.0.1:9121/health")}`,
    );
    assert.match(redis, /ok/);
    const start = "/usr/bin/nginx-prometheus-exporter --nginx.scrape-uri=http://127.0.0.1:1/ 2>/dev/null &";
    const nginx = await inImage(
      "nginxExporter",
      "1001:1001",
      `${start} ${untilAnswers("http://127.0.0.1:9113/metrics")}`,
    );
    assert.match(nginx, /nginx_up 0/);
  });

  test("each has the official one's user and entry point, and says its version", async () => {
    const expected: Partial<Record<ImageName, { user: string; entrypoint: string[] | null }>> = {
      redisExporter: { user: "59000:59000", entrypoint: ["/redis_exporter"] },
      nginxExporter: { user: "1001:1001", entrypoint: ["/usr/bin/nginx-prometheus-exporter"] },
      prometheus: { user: "65534:65534", entrypoint: ["/bin/prometheus"] },
    };
    const layers = new Map<string, number>();
    for (const { name, reference } of makeable()) {
      const { Config, RootFS } = await docker.getImage(`${registry}/${reference}`).inspect();
      assert.match(Config.Labels["org.opencontainers.image.version"] ?? "", /^\d+\.\d+\.\d+$/, name);
      const wanted = expected[name];
      if (wanted) {
        assert.deepEqual({ user: Config.User, entrypoint: Config.Entrypoint }, wanted, name);
      }
      const first = RootFS.Layers?.[0] ?? name;
      layers.set(first, (layers.get(first) ?? 0) + 1);
    }
    assert.deepEqual([...layers.values()].sort(), [1, 6], "all but busybox share their first layer");
  });
});
