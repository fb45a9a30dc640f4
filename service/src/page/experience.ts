import type { Story } from "../resume/stories.ts";
import { fill } from "../words/words.ts";
import { html, renderMarkdown } from "./html.ts";
import { renderAward, renderCertificate, renderEducation, renderVolunteer, renderWork } from "./items.ts";
import { renderPage, renderTitle, type SiteParts, section } from "./layout.ts";
import type { Theme } from "./theme.ts";

/** Renders the experience page: every position with its story; education, certificates and awards beside them. */
export function renderExperience(site: SiteParts, story: Story, theme: Theme): string {
  const { basics, work, volunteer, education, certificates, awards } = site.resume;
  const { locale } = site;
  const { words } = locale;
  const title = story.title ?? words.experience;
  const storyOf = (name: string | undefined) => {
    const text = story.entries.get(name ?? "");
    return text === undefined ? undefined : renderMarkdown(text, 1);
  };
  const body = html`${renderTitle(title, story.intro)}
<div class="columns">
<main id="main">
${section(
  "positions",
  words.positions,
  work.map((item) => renderWork(locale, item, { story: storyOf(item.name) })),
)}
${section(
  "volunteering",
  words.volunteering,
  volunteer.map((item) => renderVolunteer(locale, item, { story: storyOf(item.organization) })),
)}
</main>
<aside aria-label="${words.learntAndEarned}">
${section(
  "education",
  words.education,
  education.map((item) => renderEducation(locale, item)),
)}
${section(
  "certificates",
  words.certificates,
  certificates.map((item) => renderCertificate(locale, item)),
)}
${section(
  "awards",
  words.awards,
  awards.map((item) => renderAward(locale, item)),
)}
</aside>
</div>`;
  const places = work
    .flatMap(({ position, name }) =>
      position === undefined || name === undefined
        ? (position ?? name ?? [])
        : fill(words, "positionAt", { position, employer: name }),
    )
    .join(words.listSeparator);
  const description =
    places === ""
      ? fill(words, "experienceDescription", { name: basics.name })
      : fill(words, "experienceDescriptionWith", { name: basics.name, places });
  return renderPage(site, {
    path: "/experience",
    kind: "website",
    title: `${title} – ${basics.name}`,
    description,
    theme,
    body,
  });
}
