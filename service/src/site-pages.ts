/** The pages in the navigation and the sitemap, in this order. Labels are keys of the words. */
export const sitePages = [
  { path: "/", label: "home" },
  { path: "/experience", label: "experience" },
  { path: "/projects", label: "projects" },
  { path: "/contact", label: "contact" },
] as const;

/** All paths that each language of the site has, below its prefix. nginx takes them from here. */
export const localizedPaths = [
  ...sitePages.map(({ path }) => path),
  "/contact/thanks",
  "/resume.json",
  "/resume.pdf",
] as const;
