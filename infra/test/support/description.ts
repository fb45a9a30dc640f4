import { parseConfig } from "../../config/parse.ts";
import type { Component, Discovery } from "../../system/component.ts";
import type { OwnSecret } from "../../system/names.ts";
import { describeSystem } from "../../system/system.ts";

/** A network in which each component has its own name. */
export const discovery: Discovery = { resolver: "127.0.0.1", host: (component) => component };

/** In place of generated ones. */
export const secrets = (name: OwnSecret): string => `the ${name}`;

export const describeStack = (texts: Record<string, string> = {}, network: Discovery = discovery): Component[] =>
  describeSystem(parseConfig(texts), network, secrets);
