/** The pages in the navigation and the sitemap, in this order. Labels are keys of the words. nginx takes the paths from here, too. */
export const sitePages = [
  { path: "/", label: "home" },
  { path: "/experience", label: "experience" },
  { path: "/projects", label: "projects" },
  { path: "/contact", label: "contact" },
] as const;
