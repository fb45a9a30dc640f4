import type { Component } from "../../system/component.ts";

export interface ServedPort {
  port: number;
  protocol: "TCP" | "UDP";
}

/** What the others of the stack ask a component on. */
const calledPorts = (component: Component, all: readonly Component[]): number[] =>
  all.flatMap(({ calls }) => calls.filter(({ to }) => to === component.name).map(({ port }) => port));

/** What its own Service serves: what the others call, and what its operator gets to by a port-forward. */
export const servedPorts = (component: Component, all: readonly Component[]): number[] =>
  [...new Set([...calledPorts(component, all), ...component.published.map(({ port }) => port)])].sort(
    (one, other) => one - other,
  );

/** What it may be asked on from outside of the stack. */
export const publishedPorts = ({ published }: Component): (ServedPort & { outside: number })[] =>
  published.flatMap(({ port, hostPort, protocols }) =>
    protocols.map((protocol) => ({ port, protocol: protocol === "udp" ? "UDP" : "TCP", outside: hostPort })),
  );

/** As Services and containers name it. */
export const portName = ({ port, protocol }: ServedPort) => `${protocol.toLowerCase()}-${port}`;
