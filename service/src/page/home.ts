import type { Basics, Resume } from "../resume/resume.ts";
import { type Html, html } from "./html.ts";
import {
  renderAward,
  renderCertificate,
  renderContacts,
  renderEducation,
  renderPairs,
  renderProject,
  renderPublication,
  renderReference,
  renderSkill,
  renderVolunteer,
  renderWork,
} from "./items.ts";
import { renderPage, type SiteParts, section } from "./layout.ts";
import type { Theme } from "./theme.ts";

/** The home page: the whole résumé on one page. Sections without content are left out. */
export function renderHome(site: SiteParts, theme: Theme): string {
  const { resume } = site;
  const { basics } = resume;
  const languages = resume.languages.map(({ language, fluency }) => ({ term: language, detail: fluency }));
  const interests = resume.interests.map(({ name, keywords }) => ({
    term: name,
    detail: keywords.join(", ") || undefined,
  }));
  const body = html`${renderHeader(basics)}
<div class="columns">
<main id="main">
${section("profile", "Profile", basics.summary === undefined ? [] : [html`<p class="lead">${basics.summary}</p>`])}
${section(
  "experience",
  "Experience",
  resume.work.map((work) => renderWork(work)),
)}
${section(
  "projects",
  "Projects",
  resume.projects.map((project) => renderProject(project)),
)}
${section(
  "volunteering",
  "Volunteering",
  resume.volunteer.map((volunteer) => renderVolunteer(volunteer)),
)}
${section(
  "publications",
  "Publications",
  resume.publications.map((publication) => renderPublication(publication)),
)}
${section("references", "References", resume.references.map(renderReference))}
</main>
<aside aria-label="At a glance">
${section("skills", "Skills", resume.skills.map(renderSkill))}
${section("education", "Education", resume.education.map(renderEducation))}
${section("certificates", "Certificates", resume.certificates.map(renderCertificate))}
${section("awards", "Awards", resume.awards.map(renderAward))}
${section("languages", "Languages", renderPairs(languages))}
${section("interests", "Interests", renderPairs(interests))}
</aside>
</div>`;
  const title = basics.label === undefined ? basics.name : `${basics.name} – ${basics.label}`;
  const description = basics.summary ?? `The résumé of ${basics.name}.`;
  const data = personData(resume, site.publicUrl);
  return renderPage(site, { path: "/", kind: "profile", title, description, theme, body, data });
}

function renderHeader(basics: Basics): Html {
  const label = basics.label === undefined ? undefined : html`<p class="label">${basics.label}</p>`;
  return html`<header>
<div class="who">
<h1>${basics.name}</h1>
${label}
</div>
${renderContacts(basics)}
</header>`;
}

/** Describes the person with schema.org's vocabulary, for search engines. */
export function personData(
  { basics, work, education, skills, languages }: Resume,
  publicUrl: string | undefined,
): object {
  const { location } = basics;
  const employer = work.find(({ endDate }) => endDate === undefined);
  return {
    "@context": "https://schema.org",
    "@type": "Person",
    name: basics.name,
    jobTitle: basics.label,
    description: basics.summary,
    email: basics.email,
    telephone: basics.phone,
    url: publicUrl ?? basics.url,
    image: basics.image,
    sameAs: some([basics.url, ...basics.profiles.map(({ url }) => url)].filter((url) => url !== undefined)),
    address: location && {
      "@type": "PostalAddress",
      addressLocality: location.city,
      addressRegion: location.region,
      addressCountry: location.countryCode,
    },
    worksFor: employer && { "@type": "Organization", name: employer.name, url: employer.url },
    alumniOf: some(
      education.map(({ institution, url }) => ({ "@type": "EducationalOrganization", name: institution, url })),
    ),
    knowsAbout: some(skills.flatMap(({ name, keywords }) => [name, ...keywords])),
    knowsLanguage: some(languages.map(({ language }) => language)),
  };
}

/** Returns undefined for an empty list. */
function some<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}
