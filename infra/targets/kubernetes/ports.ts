import type { Component } from "../../system/component.ts";

export interface ServedPort {
  port: number;
  protocol: "TCP" | "UDP";
}

/** The ports of a component that other components call. */
function calledPorts(component: Component, all: readonly Component[]): number[] {
  return all.flatMap(({ calls }) => calls.filter(({ to }) => to === component.name).map(({ port }) => port));
}

/** The ports of its own Service: those that others call, and the published ones for port-forwards. */
export function servedPorts(component: Component, all: readonly Component[]): number[] {
  return [...new Set([...calledPorts(component, all), ...component.published.map(({ port }) => port)])].sort(
    (one, other) => one - other,
  );
}

/** The ports that are published outside of the stack. */
export function publishedPorts({ published }: Component): (ServedPort & { outside: number })[] {
  return published.flatMap(({ port, hostPort, protocols }) =>
    protocols.map((protocol) => ({ port, protocol: protocol === "udp" ? "UDP" : "TCP", outside: hostPort })),
  );
}

/** The name of the port in Services and containers. */
export function portName({ port, protocol }: ServedPort) {
  return `${protocol.toLowerCase()}-${port}`;
}
