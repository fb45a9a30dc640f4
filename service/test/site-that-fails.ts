import { loadSite, type Site } from "../src/site.ts";
import { SERVICE_ROOT } from "./service.ts";

/** Where the site below fails: asked by a browser, it answers with the page of a failure (500). */
export const FAILING_PATH = "/api/resume/summary";

/** The real site, but for what one of its addresses shows: making that fails. */
export function siteThatFails(message = "made to fail"): Site {
  const site = loadSite(SERVICE_ROOT);
  const make = () => {
    throw new Error(message);
  };
  return { ...site, summary: { ...site.summary, make } };
}
