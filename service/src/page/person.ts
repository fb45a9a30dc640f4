import type { Resume } from "../resume/resume.ts";

/** The person in schema.org's words, for search engines. */
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

/** A list, or nothing when it is empty. */
function some<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}
