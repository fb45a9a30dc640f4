/** A host as a URL has it: an IPv6 address in brackets. */
export const inUrl = (host: string): string => (host.includes(":") ? `[${host}]` : host);
