import { type Input, interpolate } from "@pulumi/pulumi";
import type { Config } from "../config/config.ts";
import type { Component } from "./component.ts";
import { configFolder, ports } from "./ports.ts";
import { image } from "./reference.ts";

const memoryMb = 256;

/**
 * Messages, sessions and cached data. What a visitor was told is stored lies on the disk by then, so that nothing is lost
 * whenever Redis dies; a write takes 1 ms for that in place of a tenth, and few write. What has a TTL goes first when
 * memory is full.
 */
export function redis(config: Config, password: Input<string>): Component {
  const configFile = `${configFolder}/redis.conf`;
  return {
    name: "redis",
    image: image(config, "redis"),
    replicas: 1,
    command: ["redis-server", configFile],
    env: {},
    files: [
      {
        path: configFile,
        content: interpolate`port ${ports.redis}
bind *
requirepass ${password}
dir /data
appendonly yes
appendfsync always
save ""
maxmemory ${Math.floor(memoryMb * 0.75)}mb
maxmemory-policy volatile-ttl
maxclients 4096
`,
      },
    ],
    // The file is written anew beside the old one now and then.
    data: [{ name: "data", path: "/data", sizeGb: 2 }],
    scratch: ["/tmp"],
    user: { uid: 999, gid: 1000 },
    health: {
      kind: "command",
      command: `REDISCLI_AUTH="$(sed -n 's/^requirepass //p' ${configFile})" redis-cli -p ${ports.redis} ping | grep -q PONG`,
    },
    calls: [],
    published: [],
    limits: { cpus: 1, memoryMb, nofile: config.nofile },
    stop: { signal: "SIGTERM", graceSeconds: 10 },
    sysctls: { "net.core.somaxconn": "1024" },
  };
}
