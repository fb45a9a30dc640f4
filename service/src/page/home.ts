import type { Basics } from "../resume/resume.ts";
import { renderContacts } from "./contacts.ts";
import { renderProject, renderPublication, renderVolunteer, renderWork } from "./entries.ts";
import { renderAward, renderCertificate, renderEducation, renderPairs, renderReference, renderSkill } from "./facts.ts";
import { type Html, html } from "./html.ts";
import { renderPage, type SiteParts } from "./layout.ts";
import { personData } from "./person.ts";
import { section } from "./section.ts";
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
