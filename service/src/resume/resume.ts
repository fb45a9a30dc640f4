import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "../content.ts";
import { Fields, isWebAddress } from "./fields.ts";
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
/** A stretch of time; without an end it lasts until today. */
export type Period = Readonly<ReturnType<typeof readPeriod>>;

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
  return {
    basics: readBasics(fields.object("basics")),
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
  };
}

function readBasics(fields: Fields) {
  // The schema allows any text here; one that is not a full address is left out.
  const image = fields.optionalText("image");
  const location = fields.optionalObject("location");
  return {
    name: fields.text("name"),
    label: fields.optionalText("label"),
    email: fields.optionalEmail("email"),
    phone: fields.optionalText("phone"),
    url: fields.optionalUrl("url"),
    image: image !== undefined && isWebAddress(image) ? image : undefined,
    summary: fields.optionalText("summary"),
    location: location === undefined ? undefined : readLocation(location),
    profiles: fields.list("profiles", (profile) => ({
      network: profile.text("network"),
      username: profile.optionalText("username"),
      url: profile.optionalUrl("url"),
    })),
  };
}

function readLocation(fields: Fields) {
  return {
    city: fields.optionalText("city"),
    region: fields.optionalText("region"),
    countryCode: fields.optionalText("countryCode"),
  };
}

function readPeriod(fields: Fields) {
  return { startDate: fields.optionalDate("startDate"), endDate: fields.optionalDate("endDate") };
}

function readWork(fields: Fields) {
  return {
    name: fields.text("name"),
    position: fields.optionalText("position"),
    location: fields.optionalText("location"),
    url: fields.optionalUrl("url"),
    ...readPeriod(fields),
    summary: fields.optionalText("summary"),
    highlights: fields.texts("highlights"),
  };
}

function readVolunteer(fields: Fields) {
  return {
    organization: fields.text("organization"),
    position: fields.optionalText("position"),
    url: fields.optionalUrl("url"),
    ...readPeriod(fields),
    summary: fields.optionalText("summary"),
    highlights: fields.texts("highlights"),
  };
}

function readEducation(fields: Fields) {
  return {
    institution: fields.text("institution"),
    url: fields.optionalUrl("url"),
    area: fields.optionalText("area"),
    studyType: fields.optionalText("studyType"),
    ...readPeriod(fields),
    score: fields.optionalText("score"),
    courses: fields.texts("courses"),
  };
}

function readProject(fields: Fields) {
  return {
    name: fields.text("name"),
    description: fields.optionalText("description"),
    url: fields.optionalUrl("url"),
    ...readPeriod(fields),
    highlights: fields.texts("highlights"),
    keywords: fields.texts("keywords"),
  };
}

function readSkill(fields: Fields) {
  return { name: fields.text("name"), level: fields.optionalText("level"), keywords: fields.texts("keywords") };
}

function readCertificate(fields: Fields) {
  return {
    name: fields.text("name"),
    date: fields.optionalDate("date"),
    issuer: fields.optionalText("issuer"),
    url: fields.optionalUrl("url"),
  };
}

function readAward(fields: Fields) {
  return {
    title: fields.text("title"),
    date: fields.optionalDate("date"),
    awarder: fields.optionalText("awarder"),
    summary: fields.optionalText("summary"),
  };
}

function readPublication(fields: Fields) {
  return {
    name: fields.text("name"),
    publisher: fields.optionalText("publisher"),
    releaseDate: fields.optionalDate("releaseDate"),
    url: fields.optionalUrl("url"),
    summary: fields.optionalText("summary"),
  };
}

function readLanguage(fields: Fields) {
  return { language: fields.text("language"), fluency: fields.optionalText("fluency") };
}

function readInterest(fields: Fields) {
  return { name: fields.text("name"), keywords: fields.texts("keywords") };
}

function readReference(fields: Fields) {
  return { name: fields.text("name"), reference: fields.optionalText("reference") };
}
