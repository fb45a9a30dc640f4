import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../../infra/config/parse.ts";
import { nginx } from "../../infra/system/nginx.ts";
import { dockerDiscovery } from "../../infra/targets/docker/discovery.ts";
import { UserError } from "../../lib/user-error.ts";
import { staticConfig, upstreamConfig } from "../references.ts";

const config = String(nginx(parseConfig({}), dockerDiscovery).files[0]?.content);

test("behind the health reference nothing but the upstream's name differs", () => {
  const changed = upstreamConfig(config, "bare-koa");
  assert.notEqual(changed, config);
  assert.equal(changed.replaceAll("server bare-koa:", "server resume:"), config);
});

test("the file reference has a folder in the place of the cached location, and all else as it was", () => {
  const changed = staticConfig(config, "/srv/reference");
  const [before, after] = ["        location / {", "        location @bypass_cache {"].map((line) =>
    config.indexOf(line),
  );
  assert.ok(changed.startsWith(config.slice(0, before)));
  assert.ok(changed.endsWith(config.slice(after)));
  const own = changed.slice(before, changed.length - config.slice(after).length);
  assert.deepEqual(own.trim().split(/\s*\n\s*/), ["location / {", "root /srv/reference;", "access_log off;", "}"]);
});

test("a configuration of another shape is refused", () => {
  assert.throws(() => upstreamConfig("upstream resume { server resume:3000; }", "x"), UserError);
  assert.throws(() => staticConfig("location /other { }", "/srv"), UserError);
});
