import type { z } from "zod";
import type { ConfigKey, configSchema } from "./keys.ts";
import type { Annotations, Tls } from "./values.ts";

/** What the program is built from: every key of keys.ts, parsed and checked. */
export interface Config extends z.output<typeof configSchema> {
  /** The keys that were set with `--secret`, or that hold a part that was. */
  secretKeys: ReadonlySet<ConfigKey>;
}

export type { Annotations, ConfigKey, Tls };

export type Autoscale = NonNullable<Config["autoscale"]>;

export type AlertContacts = NonNullable<Config["alerts"]>;
