import type { Basics } from "../resume/resume.ts";
import type { Locale } from "../words/locale.ts";

/** Countries that write the postal code after the place: "London SW1A 2AA". */
const codeLast = new Set(
  "AU BD BM CA EG GB GG HK ID IE IM IN JE JO KE KR LB LK MM MT MV MY NG NP NZ PH PK SA SG TH TW US VN ZA".split(" "),
);

/** A postal address in one line, as its country and the language write it; empty where there is nothing of it. */
export function formatAddress(locale: Locale, location: NonNullable<Basics["location"]>): string {
  const { address, postalCode, city, region, countryCode } = location;
  const country = countryCode === undefined ? undefined : locale.countryName(countryCode);
  const street = address?.split(/\s*\n\s*/).join(locale.words.listSeparator);
  if (!codeLast.has(countryCode?.toUpperCase() ?? "")) {
    return locale.formatPlace([street, together(postalCode, city), region, country]);
  }
  return region === undefined
    ? locale.formatPlace([street, together(city, postalCode), country])
    : locale.formatPlace([street, city, together(region, postalCode), country]);
}

function together(...parts: readonly (string | undefined)[]): string | undefined {
  return parts.filter((part) => part !== undefined).join(" ") || undefined;
}
