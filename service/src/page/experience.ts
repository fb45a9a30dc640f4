import type { Story } from "../resume/stories.ts";
import { html, renderMarkdown } from "./html.ts";
import { renderAward, renderCertificate, renderEducation, renderVolunteer, renderWork } from "./items.ts";
import { renderPage, renderTitle, type SiteParts, section } from "./layout.ts";
import type { Theme } from "./theme.ts";

/** Renders the experience page: every position with its story; education, certificates and awards beside them. */
export function renderExperience(site: SiteParts, story: Story, theme: Theme): string {
  const { basics, work, volunteer, education, certificates, awards } = site.resume;
  const title = story.title ?? "Experience";
  const storyOf = (name: string) => {
    const text = story.entries.get(name);
    return text === undefined ? undefined : renderMarkdown(text, 1);
  };
  const body = html`${renderTitle(title, story.intro)}
<div class="columns">
<main id="main">
${section(
  "positions",
  "Positions",
  work.map((item) => renderWork(item, { story: storyOf(item.name) })),
)}
${section(
  "volunteering",
  "Volunteering",
  volunteer.map((item) => renderVolunteer(item, { story: storyOf(item.organization) })),
)}
</main>
<aside aria-label="Learnt and earned">
${section("education", "Education", education.map(renderEducation))}
${section("certificates", "Certificates", certificates.map(renderCertificate))}
${section("awards", "Awards", awards.map(renderAward))}
</aside>
</div>`;
  const places = work.map(({ position, name }) => (position === undefined ? name : `${position} at ${name}`));
  const description = `The experience of ${basics.name}${places.length === 0 ? "" : `: ${places.join(", ")}`}.`;
  return renderPage(site, {
    path: "/experience",
    kind: "website",
    title: `${title} – ${basics.name}`,
    description,
    theme,
    body,
  });
}
