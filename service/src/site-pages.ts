/** The pages in the navigation and the sitemap, in this order. nginx takes their paths from here, too. */
export const sitePages = [
  { path: "/", label: "Résumé" },
  { path: "/experience", label: "Experience" },
  { path: "/projects", label: "Projects" },
  { path: "/contact", label: "Contact" },
] as const;
