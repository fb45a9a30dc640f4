import type { Resume } from "./resume/resume.ts";
import type { Story } from "./resume/stories.ts";

/** The pages that a site can have in its navigation and sitemap, in this order. Labels are keys of the words. */
export const sitePages = [
  { path: "/", label: "home" },
  { path: "/experience", label: "experience" },
  { path: "/projects", label: "projects" },
  { path: "/contact", label: "contact" },
] as const;

export type SitePage = (typeof sitePages)[number];

interface Source {
  readonly resume: Resume;
  readonly experience: Story;
  readonly projects: Story;
}

/** The pages that there is content for. */
export function pagesOf({ resume, experience, projects }: Source): readonly SitePage[] {
  const { work, volunteer, education, certificates, awards, publications } = resume;
  const hasContent = {
    "/": true,
    "/experience":
      isWritten(experience) || [work, volunteer, education, certificates, awards].some(({ length }) => length > 0),
    "/projects": isWritten(projects) || [resume.projects, publications].some(({ length }) => length > 0),
    "/contact": true,
  };
  return sitePages.filter(({ path }) => hasContent[path]);
}

function isWritten({ title, intro }: Story): boolean {
  return title !== undefined || intro !== "";
}

/** All paths that each language of the site can have, below its prefix. nginx takes them from here. */
export const localizedPaths = [
  ...sitePages.map(({ path }) => path),
  "/contact/thanks",
  "/imprint",
  "/resume.json",
  "/resume.pdf",
] as const;
