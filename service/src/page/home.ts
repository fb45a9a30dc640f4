import type { Basics, Education, Project, Resume, Skill, Volunteer, Work } from "../resume/resume.ts";
import type { Assets } from "./assets.ts";
import { formatDate, formatPeriod } from "./dates.ts";
import { type Html, html } from "./html.ts";
import { renderPage } from "./layout.ts";
import { THEMES, type Theme } from "./theme.ts";

/** The home page: the whole résumé on one page. Sections without content are left out. */
export function renderHome(resume: Resume, assets: Assets, theme: Theme): string {
  const { basics } = resume;
  const body = html`<a class="skip" href="#main">Skip to the résumé</a>
<div class="sheet">
${renderHeader(basics)}
<div class="columns">
<main id="main">
${section("profile", "Profile", basics.summary === undefined ? [] : [html`<p class="lead">${basics.summary}</p>`])}
${section("experience", "Experience", resume.work.map(renderWork))}
${section("projects", "Projects", resume.projects.map(renderProject))}
${section("volunteering", "Volunteering", resume.volunteer.map(renderVolunteer))}
${section("publications", "Publications", resume.publications.map(renderPublication))}
${section("references", "References", resume.references.map(renderReference))}
</main>
<aside aria-label="At a glance">
${section("skills", "Skills", resume.skills.map(renderSkill))}
${section("education", "Education", resume.education.map(renderEducation))}
${section("certificates", "Certificates", resume.certificates.map(renderCertificate))}
${section("awards", "Awards", resume.awards.map(renderAward))}
${section("languages", "Languages", renderPairs(resume.languages.map((l) => ({ term: l.language, detail: l.fluency }))))}
${section("interests", "Interests", renderPairs(resume.interests.map((i) => ({ term: i.name, detail: i.keywords.join(", ") || undefined }))))}
</aside>
</div>
${renderFooter(theme)}
</div>`;
  const title = basics.label === undefined ? basics.name : `${basics.name} – ${basics.label}`;
  return renderPage({ title, description: basics.summary, theme, body }, assets);
}

type Publication = Resume["publications"][number];
type Reference = Resume["references"][number];
type Certificate = Resume["certificates"][number];
type Award = Resume["awards"][number];

function section(id: string, title: string, items: readonly Html[]): Html | undefined {
  if (items.length === 0) return undefined;
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${items}
</section>
`;
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

function renderContacts({ location, email, phone, url, profiles }: Basics): Html {
  const place = [location?.city, location?.region, location?.countryCode].filter((part) => part !== undefined);
  const items: Html[] = [];
  if (place.length > 0) items.push(contact("Place", html`${place.join(", ")}`));
  if (email !== undefined) items.push(contact("E-mail", html`<a href="mailto:${email}">${email}</a>`));
  if (phone !== undefined) {
    items.push(contact("Phone", html`<a href="tel:${phone.replace(/[^+\d]/g, "")}">${phone}</a>`));
  }
  if (url !== undefined) items.push(contact("Web", link(url, shortUrl(url))));
  for (const profile of profiles) {
    const name = profile.username ?? profile.network;
    items.push(contact(profile.network, profile.url === undefined ? html`${name}` : link(profile.url, name)));
  }
  return html`<dl class="contacts">
${items}</dl>`;
}

function contact(term: string, detail: Html): Html {
  return html`<div><dt>${term}</dt><dd>${detail}</dd></div>
`;
}

function link(url: string, text: string): Html {
  return html`<a href="${url}">${text}</a>`;
}

function shortUrl(url: string): string {
  return url.replace(/^https?:\/\//, "").replace(/\/$/, "");
}

function maybeLink(url: string | undefined, text: string): Html {
  return url === undefined ? html`${text}` : link(url, text);
}

interface Entry {
  readonly when: Html | undefined;
  readonly title: Html;
  readonly place: Html | undefined;
  readonly text: string | undefined;
  readonly highlights: readonly string[];
  readonly tags: readonly string[];
}

/** One entry of the timeline: when at the side, what beside it. */
function renderEntry({ when, title, place, text, highlights, tags }: Entry): Html {
  return html`<article class="entry">
<p class="when">${when}</p>
<div class="what">
<h3>${title}</h3>
${place === undefined ? undefined : html`<p class="place">${place}</p>`}
${text === undefined ? undefined : html`<p>${text}</p>`}
${highlights.length === 0 ? undefined : html`<ul class="points">${highlights.map((highlight) => html`<li>${highlight}</li>`)}</ul>`}
${renderTags(tags)}
</div>
</article>
`;
}

function renderTags(tags: readonly string[]): Html | undefined {
  return tags.length === 0 ? undefined : html`<ul class="tags">${tags.map((tag) => html`<li>${tag}</li>`)}</ul>`;
}

function renderWork(work: Work): Html {
  const place = work.location === undefined ? undefined : html`, ${work.location}`;
  return renderEntry({
    when: formatPeriod(work),
    title: html`${work.position ?? work.name}`,
    place: work.position === undefined ? undefined : html`${maybeLink(work.url, work.name)}${place}`,
    text: work.summary,
    highlights: work.highlights,
    tags: [],
  });
}

function renderProject(project: Project): Html {
  return renderEntry({
    when: formatPeriod(project),
    title: maybeLink(project.url, project.name),
    place: undefined,
    text: project.description,
    highlights: project.highlights,
    tags: project.keywords,
  });
}

function renderVolunteer(volunteer: Volunteer): Html {
  return renderEntry({
    when: formatPeriod(volunteer),
    title: html`${volunteer.position ?? volunteer.organization}`,
    place: volunteer.position === undefined ? undefined : maybeLink(volunteer.url, volunteer.organization),
    text: volunteer.summary,
    highlights: volunteer.highlights,
    tags: [],
  });
}

function renderPublication(publication: Publication): Html {
  return renderEntry({
    when: publication.releaseDate === undefined ? undefined : formatDate(publication.releaseDate),
    title: maybeLink(publication.url, publication.name),
    place: publication.publisher === undefined ? undefined : html`${publication.publisher}`,
    text: publication.summary,
    highlights: [],
    tags: [],
  });
}

function renderReference({ name, reference }: Reference): Html {
  const quote = reference === undefined ? undefined : html`<blockquote>${reference}</blockquote>`;
  return html`<figure>${quote}<figcaption>${name}</figcaption></figure>
`;
}

function renderSkill({ name, level, keywords }: Skill): Html {
  const grade = level === undefined ? undefined : html` <span class="level">${level}</span>`;
  return html`<div class="skill"><h3>${name}${grade}</h3>${renderTags(keywords)}</div>
`;
}

function renderEducation(education: Education): Html {
  const degree = [education.studyType, education.area].filter((part) => part !== undefined).join(" ");
  const details = [education.score, ...education.courses].filter((part) => part !== undefined);
  return html`<div class="fact">
<h3>${degree === "" ? education.institution : degree}</h3>
${degree === "" ? undefined : html`<p class="place">${maybeLink(education.url, education.institution)}</p>`}
<p class="when">${formatPeriod(education)}</p>
${details.length === 0 ? undefined : html`<p class="small">${details.join(", ")}</p>`}
</div>
`;
}

function renderCertificate({ name, date, issuer, url }: Certificate): Html {
  return html`<div class="fact">
<h3>${maybeLink(url, name)}</h3>
${issuer === undefined ? undefined : html`<p class="place">${issuer}</p>`}
${date === undefined ? undefined : html`<p class="when">${formatDate(date)}</p>`}
</div>
`;
}

function renderAward({ title, date, awarder, summary }: Award): Html {
  return html`<div class="fact">
<h3>${title}</h3>
${awarder === undefined ? undefined : html`<p class="place">${awarder}</p>`}
${date === undefined ? undefined : html`<p class="when">${formatDate(date)}</p>`}
${summary === undefined ? undefined : html`<p class="small">${summary}</p>`}
</div>
`;
}

interface Pair {
  readonly term: string;
  readonly detail: string | undefined;
}

/** Terms with a few words each, as one list. */
function renderPairs(pairs: readonly Pair[]): readonly Html[] {
  if (pairs.length === 0) return [];
  return [
    html`<ul class="pairs">${pairs.map(
      ({ term, detail }) =>
        html`<li><strong>${term}</strong>${detail === undefined ? undefined : html` <span>${detail}</span>`}</li>`,
    )}</ul>`,
  ];
}

const THEME_LABELS: Readonly<Record<Theme, string>> = { system: "Auto", light: "Light", dark: "Dark" };

function renderFooter(current: Theme): Html {
  return html`<footer>
<p>Also as data: <a href="/resume.json">resume.json</a>, in the open JSON Resume schema.</p>
<form method="post" action="/theme" class="themes">
<input type="hidden" name="next" value="/">
<fieldset>
<legend>Theme</legend>
${THEMES.map(
  (theme) =>
    html`<button name="theme" value="${theme}" aria-pressed="${theme === current ? "true" : "false"}">${THEME_LABELS[theme]}</button>`,
)}
</fieldset>
</form>
</footer>`;
}
