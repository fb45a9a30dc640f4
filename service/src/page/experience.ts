import { type Story, storyName } from "../resume/stories.ts";
import { fill } from "../words/words.ts";
import { html, renderMarkdown } from "./html.ts";
import { renderAward, renderCertificate, renderEducation } from "./items.ts";
import { renderPage, renderTitle, type SiteParts, section } from "./layout.ts";
import { renderVolunteering, renderWork, type StoryOf } from "./positions.ts";
import type { Theme } from "./theme.ts";

/** Renders the experience page: every position with its story; education, certificates and awards beside them. */
export function renderExperience(site: SiteParts, story: Story, theme: Theme): string {
  const { basics, work, volunteer, education, certificates, awards } = site.resume;
  const { locale } = site;
  const { words } = locale;
  const title = story.title ?? words.experience;
  const storyOf: StoryOf = (employer, position) => {
    const text = story.entries.get(storyName(employer, position) ?? "");
    return text === undefined ? undefined : renderMarkdown(text, position === undefined ? 1 : 2);
  };
  const body = html`${renderTitle(title, story.intro)}
<div class="columns">
<main id="main">
${section("positions", words.positions, renderWork(locale, work, storyOf))}
${section("volunteering", words.volunteering, renderVolunteering(locale, volunteer, storyOf))}
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
