import { isEmail, isWebAddress } from "../resume/fields.ts";
import type { Resume } from "../resume/resume.ts";
import { fill } from "../words/words.ts";
import { renderContacts } from "./contacts.ts";
import { type Html, html, renderText } from "./html.ts";
import {
  renderAward,
  renderCertificate,
  renderEducation,
  renderPairs,
  renderProject,
  renderPublication,
  renderReference,
  renderSectionEntry,
  renderSkill,
} from "./items.ts";
import { previewImage, renderPage, type SiteParts, section } from "./layout.ts";
import { plainText } from "./markdown.ts";
import { renderPhoto } from "./photo.ts";
import { renderVolunteering, renderWork } from "./positions.ts";
import type { Theme } from "./theme.ts";

/** The home page: the whole résumé on one page. Sections without content are left out. */
export function renderHome(site: SiteParts, theme: Theme): string {
  const { resume, locale } = site;
  const { words } = locale;
  const { basics } = resume;
  const languages = resume.languages.map(({ language, fluency }) => ({ term: language, detail: fluency }));
  const interests = resume.interests.map(({ name, keywords }) => ({
    term: name,
    detail: keywords.join(words.listSeparator) || undefined,
  }));
  const body = html`${renderHeader(site)}
<div class="columns">
<main id="main">
${section("profile", words.profile, basics.summary === undefined ? [] : [html`<div class="lead prose">${renderText(basics.summary)}</div>`])}
${section("experience", words.experience, renderWork(locale, resume.work))}
${section(
  "projects",
  words.projects,
  resume.projects.map((project) => renderProject(locale, project)),
)}
${section("volunteering", words.volunteering, renderVolunteering(locale, resume.volunteer))}
${section(
  "publications",
  words.publications,
  resume.publications.map((publication) => renderPublication(locale, publication)),
)}
${resume.sections.map(({ title, entries }, index) =>
  section(
    `section-${index + 1}`,
    title,
    entries.map((entry) => renderSectionEntry(locale, entry)),
  ),
)}
${section("references", words.references, resume.references.map(renderReference))}
</main>
<aside aria-label="${words.atAGlance}">
${section("skills", words.skills, resume.skills.map(renderSkill))}
${section(
  "education",
  words.education,
  resume.education.map((item) => renderEducation(locale, item)),
)}
${section(
  "certificates",
  words.certificates,
  resume.certificates.map((item) => renderCertificate(locale, item)),
)}
${section(
  "awards",
  words.awards,
  resume.awards.map((item) => renderAward(locale, item)),
)}
${section("languages", words.languages, renderPairs(languages))}
${section("interests", words.interests, renderPairs(interests))}
</aside>
</div>`;
  const title = basics.label === undefined ? basics.name : `${basics.name} – ${basics.label}`;
  const description =
    (basics.summary && plainText(basics.summary)) || fill(words, "homeDescription", { name: basics.name });
  const data = personData(resume, site.publicUrl, previewImage(site));
  return renderPage(site, { path: "/", kind: "profile", title, description, theme, body, data });
}

function renderHeader({ resume: { basics }, assets, photo, locale, pdfPath }: SiteParts): Html {
  const label = basics.label === undefined ? undefined : html`<p class="label">${basics.label}</p>`;
  return html`<header>
${photo && renderPhoto(assets, photo, basics.name)}
<div class="who">
<h1>${basics.name}</h1>
${label}
</div>
${renderContacts(locale, basics, pdfPath)}
</header>`;
}

/** Describes the person with schema.org's vocabulary, for search engines. */
export function personData(
  { basics, work, education, skills, languages }: Resume,
  publicUrl: string | undefined,
  image: string | undefined,
): object {
  const { location } = basics;
  const ownUrl = basics.url !== undefined && isWebAddress(basics.url) ? basics.url : undefined;
  const employer = work.find(({ name, ongoing }) => name !== undefined && ongoing);
  return {
    "@context": "https://schema.org",
    "@type": "Person",
    name: basics.name,
    jobTitle: basics.label,
    description: basics.summary && plainText(basics.summary),
    email: basics.email !== undefined && isEmail(basics.email) ? basics.email : undefined,
    telephone: basics.phone,
    url: publicUrl ?? ownUrl,
    image,
    sameAs: some([ownUrl, ...basics.profiles.map(({ url }) => url)].filter((url) => url !== undefined)),
    address: location && {
      "@type": "PostalAddress",
      streetAddress: location.address,
      postalCode: location.postalCode,
      addressLocality: location.city,
      addressRegion: location.region,
      addressCountry: location.countryCode,
    },
    worksFor: employer && { "@type": "Organization", name: employer.name, url: employer.url },
    alumniOf: some(
      education.flatMap(({ institution, url }) =>
        institution === undefined ? [] : { "@type": "EducationalOrganization", name: institution, url },
      ),
    ),
    knowsAbout: some(skills.flatMap(({ name, keywords }) => [...(name === undefined ? [] : [name]), ...keywords])),
    knowsLanguage: some(languages.flatMap(({ language }) => language ?? [])),
  };
}

/** Returns undefined for an empty list. */
function some<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}
