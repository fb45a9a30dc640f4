import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { nginx } from "./nginx.ts";
import { node } from "./node.ts";
import { overview } from "./overview.ts";
import { redis } from "./redis.ts";
import { service } from "./service.ts";

/** Every board, in the order in which one looks at them; each names the file that Grafana reads it from. */
export const dashboards: Readonly<Record<string, () => Dashboard>> = { overview, service, nginx, redis, node };
