import type { Period } from "../resume/resume.ts";
import { type Html, html } from "./html.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** "2021-03" as "Mar 2021", readable for machines too. */
export function formatDate(date: string): Html {
  const [year = "", month] = date.split("-");
  const name = month === undefined ? undefined : MONTHS[Number(month) - 1];
  return html`<time datetime="${date}">${name === undefined ? year : `${name} ${year}`}</time>`;
}

/** "Mar 2021 – today"; undefined when there is no date at all. */
export function formatPeriod({ startDate, endDate }: Period): Html | undefined {
  if (startDate === undefined) return endDate === undefined ? undefined : formatDate(endDate);
  const end = endDate === undefined ? html`today` : formatDate(endDate);
  return html`${formatDate(startDate)} – ${end}`;
}
