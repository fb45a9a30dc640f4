import { parseConfig } from "../../infra/config/parse.ts";
import type { Component, Discovery } from "../../infra/system/component.ts";
import { describeSystem } from "../../infra/system/system.ts";

/** The stack's description, for tests of what Prometheus makes of it. */
export const discovery: Discovery = { resolver: "127.0.0.1", host: (component) => component };

export const describeStack = (texts: Record<string, string> = {}): Component[] =>
  describeSystem(parseConfig(texts), discovery, { redisPassword: "r", sessionKey: "s", grafanaPassword: "g" });

/** All components that Prometheus is told of; itself it knows. */
export const scraped = describeStack().filter(({ name }) => name !== "prometheus" && name !== "grafana");
