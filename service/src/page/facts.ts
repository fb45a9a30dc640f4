import type { Education, Resume, Skill } from "../resume/resume.ts";
import { formatDate, formatPeriod } from "./dates.ts";
import { renderTags } from "./entries.ts";
import { type Html, html } from "./html.ts";
import { maybeLink } from "./links.ts";

type Reference = Resume["references"][number];
type Certificate = Resume["certificates"][number];
type Award = Resume["awards"][number];

export function renderReference({ name, reference }: Reference): Html {
  const quote = reference === undefined ? undefined : html`<blockquote>${reference}</blockquote>`;
  return html`<figure>${quote}<figcaption>${name}</figcaption></figure>
`;
}

export function renderSkill({ name, level, keywords }: Skill): Html {
  const grade = level === undefined ? undefined : html` <span class="level">${level}</span>`;
  return html`<div class="skill"><h3>${name}${grade}</h3>${renderTags(keywords)}</div>
`;
}

export function renderEducation(education: Education): Html {
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

export function renderCertificate({ name, date, issuer, url }: Certificate): Html {
  return html`<div class="fact">
<h3>${maybeLink(url, name)}</h3>
${issuer === undefined ? undefined : html`<p class="place">${issuer}</p>`}
${date === undefined ? undefined : html`<p class="when">${formatDate(date)}</p>`}
</div>
`;
}

export function renderAward({ title, date, awarder, summary }: Award): Html {
  return html`<div class="fact">
<h3>${title}</h3>
${awarder === undefined ? undefined : html`<p class="place">${awarder}</p>`}
${date === undefined ? undefined : html`<p class="when">${formatDate(date)}</p>`}
${summary === undefined ? undefined : html`<p class="small">${summary}</p>`}
</div>
`;
}

export interface Pair {
  readonly term: string;
  readonly detail: string | undefined;
}

/** Terms with a few words each, as one list. */
export function renderPairs(pairs: readonly Pair[]): readonly Html[] {
  if (pairs.length === 0) return [];
  return [
    html`<ul class="pairs">${pairs.map(
      ({ term, detail }) =>
        html`<li><strong>${term}</strong>${detail === undefined ? undefined : html` <span>${detail}</span>`}</li>`,
    )}</ul>`,
  ];
}
