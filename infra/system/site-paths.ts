import { publicProbes } from "../../service/src/metrics/catalogue.ts";
import { sitePages } from "../../service/src/site-pages.ts";

/** Files that pages load without a hash in the name. */
const staticFiles = ["/static/apple-touch-icon.png", "/static/icon.svg"];

/**
 * The paths of the site, for nginx: it keeps a stale copy of each, and limits requests for all others. A test compares
 * them with the service (infra/test/site-paths.test.ts).
 */
export function sitePaths(publicUrl: string | undefined): readonly string[] {
  return [
    ...sitePages.map(({ path }) => path),
    "/contact/thanks",
    "/api/resume",
    "/api/resume/summary",
    "/resume.json",
    "/resume.pdf",
    ...(publicUrl === undefined ? [] : ["/sitemap.xml"]),
    "/robots.txt",
    "/favicon.ico",
    ...staticFiles,
  ];
}

/** Paths that nginx does not cache: probes, and files without a hash in the name. */
export const uncachedPaths: readonly string[] = [...publicProbes, ...staticFiles];

/** The encodings that the service prepares. */
export const encodings = ["br", "gzip", "identity"] as const;
