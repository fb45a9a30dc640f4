import type { Fields } from "./fields.ts";

/** A stretch of time, with a start, an end, or neither. */
export interface Period {
  readonly startDate: string | undefined;
  readonly endDate: string | undefined;
  /** Whether it lasts until today: it has no end then. */
  readonly ongoing: boolean;
}

/** @param open what a start without an end means: a job goes on, a project was begun */
export function readPeriod(fields: Fields, open: "ongoing" | "begun"): Period {
  const startDate = fields.optionalDate("startDate");
  const end = fields.end("endDate");
  const endDate = end === "ongoing" ? undefined : end;
  if (startDate !== undefined && endDate !== undefined && isBefore(endDate, startDate)) {
    fields.warn("endDate", `is ${endDate}, which is before the start, ${startDate}: correct one of them`);
  }
  const nextYear = new Date().getFullYear() + 1;
  if (startDate !== undefined && Number(startDate.slice(0, 4)) > nextYear) {
    fields.warn("startDate", `is ${startDate}, which is years ahead: correct it if that is not meant`);
  }
  const goesOn = end === "ongoing" || (open === "ongoing" && startDate !== undefined && end === undefined);
  return { startDate, endDate, ongoing: goesOn };
}

/** Compares dates as far as both are given: 2020 is not before 2020-05. */
function isBefore(date: string, other: string): boolean {
  const length = Math.min(date.length, other.length);
  return date.slice(0, length) < other.slice(0, length);
}
