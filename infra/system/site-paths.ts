import { PUBLIC_PROBES } from "../../service/src/metrics/catalogue.ts";

/** The files that pages load, without the hash in their name. */
const staticFiles = ["/static/apple-touch-icon.png", "/static/icon.svg"];

/**
 * What the site has, for nginx: it keeps a stale copy of each, and limits what is none of them. Held against the
 * service by infra/test/site-paths.test.ts.
 */
export const sitePaths = (publicUrl: string | undefined): readonly string[] => [
  "/",
  "/experience",
  "/projects",
  "/contact",
  "/contact/thanks",
  "/api/resume",
  "/api/resume/summary",
  "/resume.json",
  ...(publicUrl === undefined ? [] : ["/sitemap.xml"]),
  "/robots.txt",
  "/favicon.ico",
  ...staticFiles,
];

/** What replicas answer anew each time: probes, and files that are asked for without the hash in their name. */
export const uncachedPaths: readonly string[] = [...PUBLIC_PROBES, ...staticFiles];

/** The encodings that the service prepares each of them in. */
export const encodings = ["br", "gzip", "identity"] as const;
