/** A text that was read as a date. */
export interface ReadDate {
  /** YYYY, YYYY-MM or YYYY-MM-DD; undefined where the text is no date. */
  readonly date: string | undefined;
  /** What is wrong with the text. */
  readonly problem: string | undefined;
}

const mustBe = "a date is YYYY, YYYY-MM or YYYY-MM-DD";

/** Reads a date. Other ways to write one are taken, and told, as far as they have one meaning. */
export function readDate(text: string, language: string): ReadDate {
  const parts = plainParts(text);
  if (parts !== undefined) {
    return inCalendar(text, parts, undefined);
  }
  const guess = otherParts(text) ?? namedMonth(text, language) ?? onlyYear(text);
  if (guess === undefined) {
    return { date: undefined, problem: `is "${text}", but must be a date (YYYY, YYYY-MM or YYYY-MM-DD)` };
  }
  return inCalendar(text, guess, mustBe);
}

type Parts = readonly [year: string, month?: string | undefined, day?: string | undefined];

function plainParts(text: string): Parts | undefined {
  const [, year, month, day] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text) ?? [];
  return year === undefined ? undefined : [year, month, day];
}

/** "2024/9", "2024-9-1", "2024年9月", "9/2024", "30.9.2024", and a date with a time. */
function otherParts(text: string): Parts | undefined {
  const digits = text
    .replace(/^(\d{4}-\d{2}-\d{2})[T ].*$/, "$1")
    .replaceAll(/[年月]/g, "-")
    .replace(/日|-$/, "");
  const [, year, month, day] = /^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?$/.exec(digits) ?? [];
  if (year !== undefined) {
    return [year, month, day];
  }
  const [, lastDay, lastMonth, lastYear] = /^(?:(\d{1,2})\.\s?)?(\d{1,2})[-/.]\s?(\d{4})$/.exec(digits) ?? [];
  return lastYear === undefined ? undefined : [lastYear, lastMonth, lastDay];
}

/** "Sept. 2024" and the like, in English and the résumé's language. */
function namedMonth(text: string, language: string): Parts | undefined {
  const [, name, year] = /^(\p{L}{3,})[.,]?\s+(?:de\s+)?(\d{4})$/u.exec(text) ?? [];
  if (name === undefined || year === undefined) {
    return undefined;
  }
  const start = name.toLowerCase().slice(0, 3);
  for (const locale of [language, "en"]) {
    const names = monthNumbers.map((month) =>
      new Intl.DateTimeFormat(locale, { month: "long", timeZone: "UTC" }).format(Date.UTC(2000, month - 1, 1)),
    );
    // "juin" and "juillet" begin with the same letters.
    const exact = names.findIndex((month) => month.toLowerCase() === name.toLowerCase());
    const short = names.filter((month) => month.toLowerCase().startsWith(start));
    const index = exact === -1 && short.length === 1 ? names.indexOf(short[0] ?? "") : exact;
    if (index !== -1) {
      return [year, String(index + 1)];
    }
  }
  return undefined;
}

const monthNumbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;

/** "Summer 2024". */
function onlyYear(text: string): Parts | undefined {
  const [year, ...others] = text.match(/(?<!\d)(?:19|20)\d\d(?!\d)/g) ?? [];
  return year === undefined || others.length > 0 ? undefined : [year];
}

/** The date without the parts that the calendar does not have. */
function inCalendar(text: string, [year, month, day]: Parts, otherwise: string | undefined): ReadDate {
  const taken = (date: string, reason: string | undefined): ReadDate => ({
    date,
    problem: reason === undefined ? undefined : `is "${text}" and is read as ${date}: ${reason}`,
  });
  if (month === undefined) {
    return taken(year, otherwise);
  }
  if (Number(month) < 1 || Number(month) > 12) {
    return taken(year, "the months are 01 to 12");
  }
  const toMonth = `${year}-${month.padStart(2, "0")}`;
  if (day === undefined) {
    return taken(toMonth, otherwise);
  }
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(day) < 1 || Number(day) > days) {
    const name = new Intl.DateTimeFormat("en", { month: "long", timeZone: "UTC" }).format(
      Date.UTC(Number(year), Number(month) - 1, 1),
    );
    return taken(toMonth, `${name}${name === "February" ? ` ${year}` : ""} has ${days} days`);
  }
  return taken(`${toMonth}-${day.padStart(2, "0")}`, otherwise);
}

/** Words that people write as the end of what goes on, in the languages of the site. */
const ongoingWords: ReadonlySet<string> = new Set([
  ...["-", "–", "—", "…", "..."],
  ...["present", "now", "current", "currently", "today", "ongoing", "date", "to date", "till date", "until now"],
  ...["till now", "to present", "until present", "until today", "the present", "still", "in progress"],
  ...["heute", "jetzt", "aktuell", "derzeit", "gegenwärtig", "gegenwart", "laufend", "andauernd"],
  ...["bis heute", "bis jetzt", "bis dato"],
  ...["aujourd'hui", "présent", "à présent", "en cours", "actuel", "actuelle", "actuellement", "maintenant"],
  ...["à ce jour", "jusqu'à présent", "jusqu'à aujourd'hui", "ce jour"],
  ...["presente", "actual", "actualmente", "actualidad", "la actualidad", "hoy", "ahora", "en curso"],
  ...["hasta la fecha", "hasta hoy", "hasta ahora", "hasta la actualidad", "hasta el presente"],
  ...["oggi", "attuale", "attualmente", "in corso", "adesso", "ora", "ad oggi", "a oggi", "fino a oggi"],
  ...["atual", "atualmente", "atualidade", "actualidade", "hoje", "agora", "o momento", "até o momento"],
  ...["até ao momento", "até hoje", "até o presente", "até à data", "em curso", "em andamento"],
  ...["heden", "nu", "vandaag", "huidig", "tot heden", "tot nu", "tot op heden", "tot vandaag", "lopend"],
  ...["nuvarande", "idag", "i dag", "pågående", "pågår", "tills vidare", "nutid", "till nu", "till idag"],
  ...["obecnie", "teraz", "dziś", "dzisiaj", "do dziś", "do dzisiaj", "do teraz", "aktualnie", "w trakcie", "nadal"],
  ...["現在", "現在に至る", "今", "今日", "本日", "在職中", "在籍中", "在学中", "継続中", "現職"],
  ...["至今", "现在", "目前", "当前", "现今", "今天", "迄今", "在职", "在读", "進行中", "进行中", "目前為止"],
  ...["الآن", "حتى الآن", "إلى الآن", "الحاضر", "الوقت الحاضر", "حتى الوقت الحاضر", "اليوم", "حتى اليوم"],
  ...["حاليا", "حاليًا", "حالياً", "مستمر", "حتى تاريخه"],
]);

/** Whether a text in an end's place says that it has not ended. */
export function meansOngoing(text: string): boolean {
  const word = text
    .normalize("NFC")
    .toLowerCase()
    .replaceAll("’", "'")
    .replace(/^\((.*)\)$/, "$1");
  return ongoingWords.has(word) || ongoingWords.has(word.replace(/\.$/, ""));
}
