/**
 * What the site has, for nginx: it keeps a spare copy of each, and limits what is none of them. Held against the
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
  "/static/apple-touch-icon.png",
  "/static/icon.svg",
];

/** The encodings that the service prepares each of them in. */
export const encodings = ["br", "gzip", "identity"] as const;
