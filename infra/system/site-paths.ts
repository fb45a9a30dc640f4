import { resolve } from "node:path";
import { projectRoot } from "../../lib/paths.ts";
import { publicProbes } from "../../service/src/metrics/catalogue.ts";
import { photoFiles } from "../../service/src/photos.ts";
import { localizedPaths } from "../../service/src/site-pages.ts";
import { type SiteLocale, siteLocales } from "../../service/src/words/site-locales.ts";

/** Files that pages load without a hash in the name. */
const staticFiles = ["/static/apple-touch-icon.png", "/static/icon.svg"];

/** The site's languages, by the folder of `resume:content`. */
export function siteLanguages(content: string) {
  return siteLocales(resolve(projectRoot, content));
}

/**
 * The paths of the site, for nginx: it keeps a stale copy of each, and limits requests for all others. A test compares
 * them with the service (infra/test/site-paths.test.ts).
 */
export function sitePaths(
  publicUrl: string | undefined,
  languages: readonly Pick<SiteLocale, "prefix" | "picture">[],
): readonly string[] {
  return [
    ...languages.flatMap(({ prefix }) => localizedPaths.map((path) => `${prefix}${path}`)),
    "/api/resume",
    "/api/resume/summary",
    ...(publicUrl === undefined ? [] : ["/sitemap.xml"]),
    "/robots.txt",
    "/favicon.ico",
    ...filesOf(languages),
  ];
}

/** Paths that nginx does not cache: probes, and files without a hash in the name. */
export function uncachedPaths(languages: readonly Pick<SiteLocale, "picture">[]): readonly string[] {
  return [...publicProbes, ...filesOf(languages)];
}

function filesOf(languages: readonly Pick<SiteLocale, "picture">[]): readonly string[] {
  const pictures = new Set(languages.flatMap(({ picture }) => picture ?? []));
  const photos = [...pictures].flatMap((picture) => photoFiles(picture).map(({ name }) => `/static/${name}`));
  return [...staticFiles, ...photos];
}

/** The encodings that the service prepares. */
export const encodings = ["br", "gzip", "identity"] as const;
