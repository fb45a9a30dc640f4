import type { Plan, Share } from "../load/plan.ts";
import type { Site } from "../site.ts";

const pages = ["health", "home", "experience", "projects", "contact", "api", "static"] as const;
type Page = (typeof pages)[number];

/** The share of the users that asks for each page. */
type Mix = Readonly<Partial<Record<Page, number>>>;

const mixes = {
  health: { health: 1 },
  home: { home: 1 },
  pages: { home: 0.4, experience: 0.15, projects: 0.15, contact: 0.1, api: 0.1, static: 0.1 },
  /** With probes, whose answers are never cached. */
  crowd: { health: 0.2, home: 0.4, experience: 0.1, projects: 0.1, api: 0.1, static: 0.1 },
  /** The pages that the original had response targets for. */
  promised: { health: 0.2, home: 0.4, static: 0.4 },
} as const satisfies Record<string, Mix>;

/** The original's response targets: the 95th percentile in milliseconds. */
export const promisedMs: Readonly<Partial<Record<Page, number>>> = { health: 100, home: 200, static: 50 };

/** The original's result with the same load. */
export interface Original {
  /** Share of its requests that succeeded, 0 to 1. */
  success: number;
  perSecond: number;
}

/** Threshold of requests/s, as a multiple of the original's. */
export const timesTheOriginal = 20;

export interface Scenario {
  name: string;
  /** For people. */
  title: string;
  kind: Plan["kind"];
  mix: Mix;
  users: number;
  seconds: number;
  original?: Original;
  /** More than one plain run; all but the ramp need a stack on this machine's engine. */
  special?: "ramp" | "soak" | "scale" | "faults" | "cache";
  /** Runs where no scenario is named. */
  isDefault: boolean;
}

/** Between two requests of a user of the open model, in milliseconds: a reader looks at a page for a while. */
export const arrivalEveryMs = 5000;

const closed = { kind: "closed", seconds: 12, isDefault: true } as const;
const open = { kind: "open", seconds: 20, isDefault: true, mix: mixes.promised } as const;
const special = { kind: "closed", isDefault: false } as const;

/** All scenarios, in the order in which they run. The first four are the original's, with its figures. */
export const scenarios: readonly Scenario[] = [
  {
    ...{ ...closed, name: "health", title: "health", mix: mixes.health, users: 100 },
    original: { success: 0.63, perSecond: 451.6 },
  },
  {
    ...{ ...closed, name: "home", title: "home page", mix: mixes.home, users: 200 },
    original: { success: 0.245, perSecond: 691.6 },
  },
  {
    ...{ ...closed, name: "stress", title: "health, stress", mix: mixes.health, users: 500 },
    original: { success: 0.31, perSecond: 474.9 },
  },
  {
    ...{ ...closed, name: "heavy", title: "heavy load (mixed pages)", mix: mixes.pages, users: 1000 },
    original: { success: 0.243, perSecond: 294.6 },
  },
  { ...closed, name: "crowd-2500", title: "crowd of 2,500", mix: mixes.crowd, users: 2500 },
  { ...closed, name: "crowd-5000", title: "crowd of 5,000", mix: mixes.crowd, users: 5000 },
  { ...closed, name: "crowd-10000", title: "crowd of 10,000", mix: mixes.crowd, users: 10_000 },
  { ...open, name: "paced-2500", title: "2,500 readers", users: 2500 },
  { ...open, name: "paced-5000", title: "5,000 readers", users: 5000 },
  { ...open, name: "paced-10000", title: "10,000 readers", users: 10_000 },
  {
    ...{ ...special, special: "ramp", name: "ramp", title: "ramp to the knee" },
    ...{ mix: mixes.crowd, users: 6400, seconds: 5 },
  },
  { ...special, special: "soak", name: "soak", title: "soak", mix: mixes.promised, users: 200, seconds: 600 },
  {
    ...{ ...special, special: "scale", name: "scale", title: "1, 2, 4, 8 replicas" },
    ...{ mix: mixes.health, users: 200, seconds: 12 },
  },
  {
    ...{ ...special, special: "faults", name: "faults", title: "a replica killed every 10 s" },
    ...{ mix: mixes.crowd, users: 500, seconds: 60 },
  },
  {
    ...{ ...special, special: "cache", name: "cache", title: "cache: first answers, warm, past it" },
    ...{ mix: mixes.home, users: 200, seconds: 5 },
  },
];

/** The plan of a scenario. Every page has at least one user. */
export function planOf({ kind, mix, users, seconds }: Scenario, site: Site): Plan {
  const asked = pages.flatMap((name) => (mix[name] === undefined ? [] : [{ name, part: mix[name] }]));
  let left = users;
  const shares: Share[] = asked.map(({ name, part }, index) => {
    const count = index === asked.length - 1 ? Math.max(1, left) : Math.max(1, Math.round(users * part));
    left -= count;
    return { name, address: site[name], users: count };
  });
  return { kind, shares, seconds, everyMs: arrivalEveryMs };
}
