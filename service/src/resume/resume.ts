import { join } from "node:path";
import type { Fault, Findings } from "../content.ts";
import { withoutEmpty } from "./absent.ts";
import { Fields, isRecord, isWebAddress, plain, type Report } from "./fields.ts";
import { readJson } from "./json.ts";
import { readPeriod } from "./period.ts";
import { isSection, readSection } from "./sections.ts";

export type { Period } from "./period.ts";
export type { Section, SectionEntry } from "./sections.ts";

/**
 * The part of the open JSON Resume schema (v1.0.0) that the site shows. Dates are YYYY, YYYY-MM or YYYY-MM-DD. The types
 * come from the functions below, not from the schema: there every field is optional, and no text is trimmed or checked.
 */
export type Resume = Readonly<ReturnType<typeof readFields>["resume"]>;
export type Basics = Resume["basics"];
export type Work = Resume["work"][number];
export type Volunteer = Resume["volunteer"][number];
export type Education = Resume["education"][number];
export type Project = Resume["projects"][number];
export type Skill = Resume["skills"][number];

/** A résumé, valid only without faults. */
export interface ReadResume extends Findings {
  /** What the pages show. */
  readonly resume: Resume;
  /** The same as JSON, under today's names of the fields. */
  readonly published: unknown;
  /** What the PDF shows. */
  readonly pdfResume: Resume;
  /** All that is there, hidden fields included: for checks only. */
  readonly whole: Resume;
}

/** What a translation has from its file's name, and from resume.json. */
export interface TranslationOf {
  readonly language: string;
  readonly site: Resume["site"];
}

/** Reads resume.json, or a translation of it, of a folder of content. */
export function loadResume(content: string, file = "resume.json", translation?: TranslationOf): ReadResume {
  const read = readJson(join(content, file));
  if ("fault" in read) {
    return { ...readResume({ basics: { name: "?" } }, translation), faults: [read.fault], warnings: [] };
  }
  return readResume(read.value, translation);
}

/** Reads a résumé's JSON typed. Every résumé that the official schema accepts is, if it has a name. */
export function readResume(json: unknown, translation?: TranslationOf): ReadResume {
  const source = withoutEmpty(json) ?? {};
  const report = newReport(languageOf(source) ?? translation?.language ?? usualLanguage);
  const whole = readFields(source, report).resume;
  const own = whole.site;
  if (translation === undefined) {
    report.faults.push(
      ...unknownFields("hideOnWeb", own.hideOnWeb, report),
      ...unknownFields("hideInPdf", own.hideInPdf, report),
    );
  } else {
    report.faults.push(...translationFaults(source, report, translation));
  }
  // What is private is so in each language.
  const site = translation?.site ?? own;
  const shown = (hidden: readonly string[]) => readFields(source, newReport(report.language, hidden));
  const web = shown(site.hideOnWeb);
  return {
    resume: { ...web.resume, site },
    published: web.published,
    pdfResume: { ...shown(site.hideInPdf).resume, site },
    whole,
    faults: report.faults,
    warnings: report.warnings,
  };
}

function newReport(language: string, hidden: readonly string[] = []): Report {
  return { faults: [], warnings: [], known: new Set(), language, hidden: new Set(hidden) };
}

const usualLanguage = "en";

/** A translation's language and settings are told elsewhere: its own must not contradict. */
function translationFaults(source: unknown, { language }: Report, translation: TranslationOf): readonly Fault[] {
  const meta = isRecord(source) ? source.meta : undefined;
  const hasSite = isRecord(meta) && meta.site !== undefined;
  return [
    ...(language.toLowerCase() === translation.language.toLowerCase()
      ? []
      : [{ field: "meta.language", problem: `is "${language}", but the file's name has "${translation.language}"` }]),
    ...(hasSite ? [{ field: "meta.site", problem: "is for all languages: move it to resume.json" }] : []),
  ];
}

/** The language of a résumé, before it is read. */
function languageOf(source: unknown): string | undefined {
  const meta = isRecord(source) ? source.meta : undefined;
  const language = isRecord(meta) ? meta.language : undefined;
  return typeof language === "string" && isLanguage(language) ? language : undefined;
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}

/** Names of fields to hide that are none, or that no résumé can lack. */
function unknownFields(list: string, names: readonly string[], { known }: Report): readonly Fault[] {
  return names.flatMap((name, index) => {
    const field = `meta.site.${list}[${index}]`;
    // A job whose end is hidden would go on.
    if (/^(basics(\.name)?|(\$|meta\b).*|.*\.endDate)$/.test(name)) {
      return [{ field, problem: `is "${name}", which can't be hidden: remove it from the list` }];
    }
    if (known.has(plain(name))) {
      return [];
    }
    const section = `${plain(name).split(".")[0]}.`;
    const near = [...known].filter((one) => one.startsWith(section));
    const fields = near.length === 0 ? [...known].filter((one) => !one.includes(".")) : near;
    return [{ field, problem: `is "${name}", but there is no such field: name one of ${fields.join(", ")}` }];
  });
}

function readFields(source: unknown, report: Report) {
  const fields = new Fields(source, "", report);
  fields.optionalText("$schema");
  const basics = fields.object("basics", readBasics);
  const resume = {
    /** The language of the texts (BCP 47). */
    language: report.language,
    basics,
    work: fields.list("work", ["name", "position"], readWork),
    volunteer: fields.list("volunteer", ["organization", "position"], readVolunteer),
    education: fields.list("education", ["institution", "area", "studyType"], readEducation),
    projects: fields.list("projects", ["name"], readProject),
    skills: fields.list("skills", ["name", "keywords"], readSkill),
    certificates: fields.list("certificates", ["name"], readCertificate),
    awards: fields.list("awards", ["title"], readAward),
    publications: fields.list("publications", ["name"], readPublication),
    languages: fields.list("languages", ["language"], readLanguage),
    interests: fields.list("interests", ["name", "keywords"], readInterest, "hobbies"),
    references: fields.list("references", ["name", "reference"], readReference),
    site: fields.object("meta", (meta) => readMeta(meta, basics.location?.countryCode)),
  };
  const own = fields.unread().filter(([, value]) => isSection(value));
  const sections = own.map(([name]) => readSection(fields, name)).filter(({ entries }) => entries.length > 0);
  return { resume: { ...resume, sections }, published: fields.finish() };
}

/** Countries whose paper is Letter, by their code. */
const letterCountries = new Set(["US", "CA", "MX", "CL", "CO", "CR", "DO", "GT", "NI", "PA", "PH", "PR", "SV", "VE"]);

/** Fields about the file. Other programs have theirs beside them. */
function readMeta(fields: Fields, countryCode: string | undefined) {
  for (const name of ["canonical", "version", "lastModified"]) {
    fields.optionalText(name);
  }
  const language = fields.optionalText("language");
  if (language !== undefined && !isLanguage(language)) {
    fields.fault("language", `is "${language}", but must be the code of a language such as "de" or "pt-BR"`);
  }
  const site = fields.object("site", (inner) => readSite(inner, countryCode));
  fields.publishNot("site");
  fields.ignoreRest();
  return site;
}

/** What the owner says about the site, in `meta.site`. */
function readSite(fields: Fields, countryCode: string | undefined) {
  const usual = letterCountries.has(countryCode?.toUpperCase() ?? "") ? "letter" : "a4";
  return {
    /** Fields that are on no page and in no data of the site, such as `basics.phone`. */
    hideOnWeb: fields.texts("hideOnWeb"),
    hideInPdf: fields.texts("hideInPdf"),
    /** Whether search engines may list the site. */
    index: fields.optionalBoolean("index") ?? true,
    paper: fields.optionalChoice("paper", ["a4", "letter"]) ?? usual,
  };
}

function readBasics(fields: Fields) {
  return {
    name: fields.text("name"),
    label: fields.optionalText("label"),
    /** A file in content/, or a web address. */
    image: fields.optionalText("image", "picture"),
    /** Shown as text where it is no address (isEmail). */
    email: fields.optionalEmail("email"),
    phone: fields.optionalText("phone"),
    /** Shown as text where it is no address (isWebAddress). */
    url: fields.optionalUrl("url", "text", "website"),
    summary: fields.optionalText("summary"),
    location: fields.optionalObject("location", readLocation, "city"),
    profiles: fields.list("profiles", ["username", "network", "url"], readProfile),
  };
}

function readLocation(fields: Fields) {
  return {
    address: fields.optionalText("address"),
    postalCode: fields.optionalText("postalCode"),
    city: fields.optionalText("city"),
    region: fields.optionalText("region"),
    countryCode: fields.optionalText("countryCode"),
  };
}

/** A link that is no web address is the name of the account. */
function readProfile(fields: Fields) {
  const [network, username] = [fields.optionalText("network"), fields.optionalText("username")];
  const url = fields.optionalUrl("url", username === undefined ? "text" : "left out");
  return url !== undefined && isWebAddress(url)
    ? { network, username, url }
    : { network, username: username ?? url, url: undefined };
}

function readWork(fields: Fields) {
  return {
    name: fields.optionalText("name", "company"),
    position: fields.optionalText("position"),
    description: fields.optionalText("description"),
    location: fields.optionalText("location"),
    url: fields.optionalUrl("url", "left out", "website"),
    ...readPeriod(fields, "ongoing"),
    summary: fields.optionalText("summary"),
    highlights: fields.texts("highlights"),
  };
}

function readVolunteer(fields: Fields) {
  return {
    organization: fields.optionalText("organization"),
    position: fields.optionalText("position"),
    url: fields.optionalUrl("url", "left out", "website"),
    ...readPeriod(fields, "ongoing"),
    summary: fields.optionalText("summary"),
    highlights: fields.texts("highlights"),
  };
}

function readEducation(fields: Fields) {
  return {
    institution: fields.optionalText("institution"),
    url: fields.optionalUrl("url", "left out", "website"),
    area: fields.optionalText("area"),
    studyType: fields.optionalText("studyType"),
    ...readPeriod(fields, "ongoing"),
    score: fields.optionalText("score", "gpa"),
    courses: fields.texts("courses"),
  };
}

function readProject(fields: Fields) {
  return {
    name: fields.optionalText("name"),
    description: fields.optionalText("description", "summary"),
    url: fields.optionalUrl("url", "left out", "website"),
    ...readPeriod(fields, "begun"),
    highlights: fields.texts("highlights"),
    keywords: fields.texts("keywords"),
    roles: fields.texts("roles"),
    entity: fields.optionalText("entity"),
    type: fields.optionalText("type"),
  };
}

function readSkill(fields: Fields) {
  return { name: fields.optionalText("name"), level: fields.optionalText("level"), keywords: fields.texts("keywords") };
}

function readCertificate(fields: Fields) {
  return {
    name: fields.optionalText("name"),
    date: fields.optionalDate("date"),
    issuer: fields.optionalText("issuer"),
    url: fields.optionalUrl("url", "left out", "website"),
  };
}

function readAward(fields: Fields) {
  return {
    title: fields.optionalText("title"),
    date: fields.optionalDate("date", "awardDate"),
    awarder: fields.optionalText("awarder"),
    summary: fields.optionalText("summary"),
  };
}

function readPublication(fields: Fields) {
  return {
    name: fields.optionalText("name"),
    publisher: fields.optionalText("publisher"),
    releaseDate: fields.optionalDate("releaseDate"),
    url: fields.optionalUrl("url", "left out", "website"),
    summary: fields.optionalText("summary"),
  };
}

function readLanguage(fields: Fields) {
  return { language: fields.optionalText("language", "name"), fluency: fields.optionalText("fluency", "level") };
}

function readInterest(fields: Fields) {
  return { name: fields.optionalText("name"), keywords: fields.texts("keywords") };
}

function readReference(fields: Fields) {
  return { name: fields.optionalText("name"), reference: fields.optionalText("reference") };
}
