import type { Component } from "../../system/component.ts";

/**
 * A CPU limit with at most two decimals, in the form that the docker provider reads back. Any other form shows as a
 * change at every `up`, which replaces the container in place. The provider (5.2.0) writes nine decimals and cuts
 * trailing zeros, but writes one decimal where the whole text holds exactly nine zeros. So 1 is `1.0`, and 10 is `10.`.
 *
 * @returns undefined for 10.01 to 10.09, 20.01 to 20.09 and so on, which the provider reads back as another number
 */
export function providerCpus(cpus: number): string | undefined {
  const hundredths = Math.round(cpus * 100);
  const whole = String(Math.floor(hundredths / 100));
  const text = `${whole}.${String(hundredths % 100).padStart(2, "0")}`;
  const zeros = text.replaceAll(/[^0]/g, "").length + "0000000".length;
  if (zeros !== 9) {
    return text.replace(/0+$/, "");
  }
  return text.endsWith("0") ? text.slice(0, -1) : undefined;
}

/** The same for a limit that was checked before. @throws {Error} when the provider has no text for it */
export function cpusText(cpus: number): string {
  const text = providerCpus(cpus);
  if (text === undefined) {
    throw new Error(`the docker provider can't hold a limit of ${cpus} processors`);
  }
  return text;
}

/** No container may have more processors than the machine. */
export function clampCpus(cpus: number, components: readonly Component[]): Component[] {
  return components.map((component) => ({
    ...component,
    limits: { ...component.limits, cpus: Math.min(component.limits.cpus, cpus) },
  }));
}
