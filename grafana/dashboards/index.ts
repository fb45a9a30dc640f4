import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { nginx } from "./nginx.ts";
import { node } from "./node.ts";
import { overview } from "./overview.ts";
import { redis } from "./redis.ts";
import { service } from "./service.ts";

/** All boards, by the name of their file, in the order of their use. */
export const dashboards: Readonly<Record<string, () => Dashboard>> = { overview, service, nginx, redis, node };
