import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "../content.ts";
import { Fields } from "./fields.ts";
import { checkSchema } from "./schema.ts";

/**
 * The part of the open JSON Resume schema (v1.0.0) that the site shows. Dates are YYYY, YYYY-MM or YYYY-MM-DD. The types
 * come from the functions below, not from the schema: there every field is optional, and no text is trimmed or checked.
 */
export type Resume = Readonly<ReturnType<typeof readFields>>;
export type Basics = Resume["basics"];
export type Work = Resume["work"][number];
export type Volunteer = Resume["volunteer"][number];
export type Education = Resume["education"][number];
export type Project = Resume["projects"][number];
export type Skill = Resume["skills"][number];
/** A stretch of time, with a start, an end, or neither. */
export interface Period {
  readonly startDate: string | undefined;
  readonly endDate: string | undefined;
  /** Whether it lasts until today: it has no end then. */
  readonly ongoing: boolean;
}
/** A section of the owner's own, which the schema does not know. */
export interface Section {
  readonly title: string;
  readonly entries: readonly SectionEntry[];
}
export interface SectionEntry extends Period {
  readonly title: string;
  readonly date: string | undefined;
  readonly url: string | undefined;
  readonly text: string | undefined;
  readonly details: readonly string[];
}

/** A résumé, valid only without faults. */
export interface ReadResume {
  readonly resume: Resume;
  readonly faults: readonly Fault[];
}

export interface LoadedResume extends ReadResume {
  /** The file's JSON unchanged, with fields that the site doesn't show. */
  readonly source: unknown;
}

/** Reads content/resume.json below the given folder. */
export function loadResume(root: string): LoadedResume {
  const path = join(root, "content", "resume.json");
  if (!existsSync(path)) {
    return { ...unreadable({ field: "", problem: "is not there" }), source: undefined };
  }
  try {
    const source: unknown = JSON.parse(readFileSync(path, "utf8"));
    return { ...readResume(source), source };
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    const line = /\(line (\d+) /.exec(error.message)?.[1];
    const fault = { field: line === undefined ? "" : `line ${line}`, problem: `is not JSON: ${error.message}` };
    return { ...unreadable(fault), source: undefined };
  }
}

function unreadable(fault: Fault): ReadResume {
  return { resume: readFields(new Fields({}, "", [])), faults: [fault] };
}

/** Reads a résumé's JSON typed, and validates it against the official schema and the site's own needs. */
export function readResume(source: unknown): ReadResume {
  const faults: Fault[] = [];
  const resume = readFields(new Fields(source, "", faults));
  const known = new Set(faults.map(({ field }) => field));
  faults.push(...checkSchema(source).filter(({ field }) => !known.has(field)));
  return { resume, faults };
}

function readFields(fields: Fields) {
  const meta = fields.optionalObject("meta");
  const basics = readBasics(fields.object("basics"));
  return {
    /** The language of the texts (BCP 47). */
    language: meta?.optionalText("language") ?? "en",
    site: readSite(meta?.optionalObject("site"), basics.location?.countryCode),
    basics,
    work: fields.list("work", readWork),
    volunteer: fields.list("volunteer", readVolunteer),
    education: fields.list("education", readEducation),
    projects: fields.list("projects", readProject),
    skills: fields.list("skills", readSkill),
    certificates: fields.list("certificates", readCertificate),
    awards: fields.list("awards", readAward),
    publications: fields.list("publications", readPublication),
    languages: fields.list("languages", readLanguage),
    interests: fields.list("interests", readInterest),
    references: fields.list("references", readReference),
    sections: [] as readonly Section[],
  };
}

/** Countries whose paper is Letter, by their code. */
const letterCountries = new Set(["US", "CA", "MX", "CL", "CO", "CR", "DO", "GT", "NI", "PA", "PH", "PR", "SV", "VE"]);

/** What the owner says about the site, in `meta.site`. */
function readSite(fields: Fields | undefined, countryCode: string | undefined) {
  const usual = letterCountries.has(countryCode?.toUpperCase() ?? "") ? "letter" : "a4";
  return {
    /** Fields that are on no page and in no data of the site, such as `basics.phone`. */
    hideOnWeb: fields?.texts("hideOnWeb") ?? [],
    hideInPdf: fields?.texts("hideInPdf") ?? [],
    /** Whether search engines may list the site. */
    index: fields?.optionalBoolean("index") ?? true,
    paper: fields?.optionalChoice("paper", ["a4", "letter"]) ?? usual,
  };
}

function readBasics(fields: Fields) {
  const location = fields.optionalObject("location");
  return {
    name: fields.text("name"),
    label: fields.optionalText("label"),
    /** A file in content/, or a web address. */
    image: fields.optionalText("image"),
    email: fields.optionalEmail("email"),
    phone: fields.optionalText("phone"),
    url: fields.optionalUrl("url"),
    summary: fields.optionalText("summary"),
    location: location === undefined ? undefined : readLocation(location),
    profiles: fields.list("profiles", (profile) => ({
      network: profile.optionalText("network"),
      username: profile.optionalText("username"),
      url: profile.optionalUrl("url"),
    })),
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

/** @param open what a start without an end means: a job goes on, a project was begun */
function readPeriod(fields: Fields, open: "ongoing" | "begun"): Period {
  const [startDate, endDate] = [fields.optionalDate("startDate"), fields.optionalDate("endDate")];
  return { startDate, endDate, ongoing: open === "ongoing" && startDate !== undefined && endDate === undefined };
}

function readWork(fields: Fields) {
  return {
    name: fields.optionalText("name"),
    position: fields.optionalText("position"),
    description: fields.optionalText("description"),
    location: fields.optionalText("location"),
    url: fields.optionalUrl("url"),
    ...readPeriod(fields, "ongoing"),
    summary: fields.optionalText("summary"),
    highlights: fields.texts("highlights"),
  };
}

function readVolunteer(fields: Fields) {
  return {
    organization: fields.optionalText("organization"),
    position: fields.optionalText("position"),
    url: fields.optionalUrl("url"),
    ...readPeriod(fields, "ongoing"),
    summary: fields.optionalText("summary"),
    highlights: fields.texts("highlights"),
  };
}

function readEducation(fields: Fields) {
  return {
    institution: fields.optionalText("institution"),
    url: fields.optionalUrl("url"),
    area: fields.optionalText("area"),
    studyType: fields.optionalText("studyType"),
    ...readPeriod(fields, "ongoing"),
    score: fields.optionalText("score"),
    courses: fields.texts("courses"),
  };
}

function readProject(fields: Fields) {
  return {
    name: fields.optionalText("name"),
    description: fields.optionalText("description"),
    url: fields.optionalUrl("url"),
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
    url: fields.optionalUrl("url"),
  };
}

function readAward(fields: Fields) {
  return {
    title: fields.optionalText("title"),
    date: fields.optionalDate("date"),
    awarder: fields.optionalText("awarder"),
    summary: fields.optionalText("summary"),
  };
}

function readPublication(fields: Fields) {
  return {
    name: fields.optionalText("name"),
    publisher: fields.optionalText("publisher"),
    releaseDate: fields.optionalDate("releaseDate"),
    url: fields.optionalUrl("url"),
    summary: fields.optionalText("summary"),
  };
}

function readLanguage(fields: Fields) {
  return { language: fields.optionalText("language"), fluency: fields.optionalText("fluency") };
}

function readInterest(fields: Fields) {
  return { name: fields.optionalText("name"), keywords: fields.texts("keywords") };
}

function readReference(fields: Fields) {
  return { name: fields.optionalText("name"), reference: fields.optionalText("reference") };
}
