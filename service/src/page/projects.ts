import type { Story } from "../resume/stories.ts";
import { fill } from "../words/words.ts";
import { html, renderMarkdown } from "./html.ts";
import { renderProject, renderPublication } from "./items.ts";
import { renderPage, renderTitle, type SiteParts, section } from "./layout.ts";
import type { Theme } from "./theme.ts";

/** Renders the projects page: every project with its story, then publications. */
export function renderProjects(site: SiteParts, story: Story, theme: Theme): string {
  const { basics, projects, publications } = site.resume;
  const { locale } = site;
  const { words } = locale;
  const title = story.title ?? words.projects;
  const storyOf = (name: string | undefined) => {
    const text = story.entries.get(name ?? "");
    return text === undefined ? undefined : renderMarkdown(text);
  };
  const body = html`${renderTitle(title, story.intro)}
<main id="main" class="wide">
${projects.map((project) => renderProject(locale, project, { level: 2, story: storyOf(project.name) }))}
${section(
  "publications",
  words.publications,
  publications.map((publication) => renderPublication(locale, publication)),
)}
</main>`;
  const names = projects.flatMap(({ name }) => name ?? []).join(words.listSeparator);
  const description =
    names === ""
      ? fill(words, "projectsDescription", { name: basics.name })
      : fill(words, "projectsDescriptionWith", { name: basics.name, projects: names });
  return renderPage(site, {
    path: "/projects",
    kind: "website",
    title: `${title} – ${basics.name}`,
    description,
    theme,
    body,
  });
}
