import type { Findings } from "../content.ts";
import { meansOngoing, readDate } from "./dates.ts";

/** What reading a résumé adds up to. */
export interface Report extends Findings {
  /** The names of all fields that the site shows, without indices: "work.summary". */
  readonly known: Set<string>;
  /** The language of the texts (BCP 47). */
  readonly language: string;
  /** Fields that are read as absent: "work.url" is that of every entry, "work[0].url" that of the first. */
  readonly hidden: ReadonlySet<string>;
}

/**
 * Reads fields of untrusted JSON that has no empty values (absent.ts), and records faults and warnings with the field's
 * full name ("work[0].startDate"). Reading continues after a fault, so that all are reported at once; results are valid
 * only without faults. What has one sensible meaning is taken, with a warning.
 */
export class Fields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #path: string;
  readonly #report: Report;
  readonly #taken = new Map<string, unknown>();

  constructor(value: unknown, path: string, report: Report) {
    this.#path = path;
    this.#report = report;
    this.#values = new Map(isRecord(value) ? Object.entries(value) : []);
    if (!isRecord(value)) {
      report.faults.push({ field: path, problem: `must be an object, but is ${describe(value)}` });
    }
  }

  /** A required text. */
  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined && this.#values.get(name) === undefined) {
      this.fault(name, "is missing");
    }
    return value ?? "";
  }

  /** @param formerly names of the field in former versions of the schema */
  optionalText(name: string, ...formerly: readonly string[]): string | undefined {
    const text = this.#asText(name, this.#take(name, formerly));
    this.#taken.set(name, text);
    return text;
  }

  /** A day, month or year: "2024-02-29", "2024-02" or "2024". */
  optionalDate(name: string, ...formerly: readonly string[]): string | undefined {
    const text = this.optionalText(name, ...formerly);
    return text === undefined ? undefined : this.#date(name, text);
  }

  /** The end of a period: a date, or a word that says that there is none yet. */
  end(name: string): string | "ongoing" | undefined {
    const text = this.optionalText(name);
    if (text === undefined) {
      return undefined;
    }
    if (meansOngoing(text)) {
      this.warn(name, `is "${text}" and is read as no end: leave the field out`);
      this.#taken.set(name, undefined);
      return "ongoing";
    }
    return this.#date(name, text);
  }

  /**
   * A web address. One without https:// gets it. Other schemes (javascript:, data:, …) are none, as it becomes a link.
   * @param otherwise whether a text that is no web address is shown as it is, or not at all
   */
  optionalUrl(name: string, otherwise: "left out" | "text" = "left out", ...formerly: readonly string[]) {
    const text = this.optionalText(name, ...formerly);
    const url = text === undefined ? undefined : asWebAddress(text);
    if (text === undefined || url === text) {
      return text;
    }
    if (url !== undefined) {
      this.warn(name, `is "${text}" and is read as ${url}: write the whole address`);
      this.#taken.set(name, url);
      return url;
    }
    const outcome = otherwise === "text" ? "shown as text" : "not shown";
    this.warn(name, `is "${text}", which is no web address and is ${outcome}: write one that starts with https://`);
    this.#taken.set(name, otherwise === "text" ? text : undefined);
    return otherwise === "text" ? text : undefined;
  }

  /** An e-mail address, or a text in its place ("ada at example.com"), which is no link. */
  optionalEmail(name: string): string | undefined {
    const text = this.optionalText(name);
    if (text !== undefined && !isEmail(text)) {
      this.warn(
        name,
        `is "${text}", which is no e-mail address and is shown as text: write one such as ada@example.com`,
      );
    }
    return text;
  }

  /** A text, number, or list of them, of a field that the schema does not know. */
  anyTexts(name: string): readonly string[] {
    const value = this.#take(name, []);
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    const texts = items.flatMap((item, index) =>
      isRecord(item) || item === undefined || this.#isHidden(`${name}[${index}]`) ? [] : [String(item)],
    );
    this.#taken.set(name, Array.isArray(value) && texts.length > 0 ? texts : texts[0]);
    return texts;
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.#take(name, []);
    if (value === undefined || typeof value === "boolean") {
      return value;
    }
    this.fault(name, `must be true or false, but is ${describe(value)}`);
    return undefined;
  }

  /** One of the given texts. */
  optionalChoice<const T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.optionalText(name);
    const choice = choices.find((one) => one === text);
    if (choice === undefined && text !== undefined) {
      this.fault(name, `is "${text}", but must be ${choices.map((one) => `"${one}"`).join(" or ")}`);
    }
    return choice;
  }

  /** A list of texts; empty without the field. */
  texts(name: string, ...formerly: readonly string[]): readonly string[] {
    const value = this.#take(name, formerly);
    if (typeof value === "string") {
      this.warn(name, "is a text and is read as a list of one: put it in brackets");
    } else if (value !== undefined && !Array.isArray(value)) {
      this.fault(name, `must be a list, but is ${describe(value)}`);
      return [];
    }
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    const texts = items.flatMap((item, index) => {
      const itemName = `${name}[${index}]`;
      return this.#isHidden(itemName) ? [] : (this.#asText(itemName, item) ?? []);
    });
    this.#taken.set(name, texts.length === 0 ? undefined : texts);
    return texts;
  }

  /**
   * A list of objects, each read by the given function; empty without the field.
   * @param titles the fields that can be an item's heading; an item that is a text instead of an object is the first
   */
  list<T>(
    name: string,
    titles: readonly [string, ...string[]],
    read: (item: Fields) => T,
    ...formerly: readonly string[]
  ): readonly T[] {
    const value = this.#take(name, formerly);
    if (value !== undefined && !Array.isArray(value)) {
      this.fault(name, `must be a list, but is ${describe(value)}`);
    }
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    const all = items.flatMap((item, index) => {
      const itemName = `${name}[${index}]`;
      if (item === undefined || this.#isHidden(itemName)) {
        return [];
      }
      const fields = this.#inner(itemName, item, titles[0]);
      const [entry, published] = [read(fields), fields.finish()];
      if (Object.keys(published).length === 0) {
        return [];
      }
      if (titles.every((title) => published[title] === undefined)) {
        this.warn(itemName, `is shown without a heading: give it a ${titles.join(" or ")}`);
      }
      return [{ entry, published }];
    });
    if (all.length === 0) {
      // For the names of its fields.
      read(new Fields({}, this.#nameOf(name), { ...this.#report, faults: [], warnings: [] }));
    }
    this.#taken.set(name, all.length === 0 ? undefined : all.map(({ published }) => published));
    return all.map(({ entry }) => entry);
  }

  /**
   * An object, read by the given function; its fields are absent where the object is.
   * @param title the field that a text in the object's place is read as
   */
  object<T>(name: string, read: (fields: Fields) => T, title?: string): T {
    const value = this.#take(name, []);
    const fields = this.#inner(name, value ?? {}, title);
    const result = read(fields);
    const published = fields.finish();
    this.#taken.set(name, Object.keys(published).length === 0 ? undefined : published);
    return result;
  }

  optionalObject<T>(name: string, read: (fields: Fields) => T, title?: string): T | undefined {
    const result = this.object(name, read, title);
    return this.#taken.get(name) === undefined ? undefined : result;
  }

  /** The fields that nothing has read so far. */
  unread(): readonly (readonly [name: string, value: unknown])[] {
    return [...this.#values].filter(([name]) => !this.#taken.has(name) && !/^(x-|\$)/i.test(name));
  }

  /** Leaves a field that was read out of what is published. */
  publishNot(name: string): void {
    this.#taken.set(name, undefined);
  }

  /** Takes fields that are for other programs. */
  ignoreRest(): void {
    for (const [name] of this.unread()) {
      this.#taken.set(name, undefined);
    }
  }

  /** Warns of fields that nothing has read. @returns what was read, under today's names: the JSON to publish */
  finish(): Readonly<Record<string, unknown>> {
    const known = [...this.#taken.keys()].filter(
      (name) => !name.startsWith("$") && this.#report.known.has(plain(this.#nameOf(name))),
    );
    for (const [name] of this.unread()) {
      this.warn(name, `is shown on no page: rename it or remove it; the fields here are ${known.join(", ")}`);
    }
    return Object.fromEntries([...this.#taken].filter(([, value]) => value !== undefined));
  }

  warn(name: string, problem: string): void {
    this.#report.warnings.push({ field: this.#nameOf(name), problem });
  }

  /** The value of a field, under its name or a former one. */
  #take(name: string, formerly: readonly string[]): unknown {
    this.#report.known.add(plain(this.#nameOf(name)));
    this.#taken.set(name, undefined);
    if (this.#isHidden(name)) {
      for (const former of formerly) {
        this.#taken.set(former, undefined);
      }
      return undefined;
    }
    const value = this.#values.get(name);
    if (value !== undefined) {
      return value;
    }
    const former = formerly.find((one) => this.#values.has(one));
    if (former === undefined) {
      return undefined;
    }
    this.#taken.set(former, undefined);
    this.warn(former, `is read as ${name}, the name of the field in today's schema: rename it`);
    return this.#values.get(former);
  }

  /** Whether a field, or an item of it ("work[0]"), is hidden. */
  #isHidden(name: string): boolean {
    const full = this.#nameOf(name);
    return this.#report.hidden.has(full) || this.#report.hidden.has(plain(full));
  }

  #asText(name: string, value: unknown): string | undefined {
    if (value === undefined || typeof value === "string") {
      return value;
    }
    if (typeof value === "number" || typeof value === "boolean") {
      this.warn(name, `is ${describe(value)} and is read as a text: put ${value} in quotes`);
      return String(value);
    }
    const parts: readonly unknown[] = Object.values(value ?? {}).filter((part) => part !== undefined);
    if (parts.every((part) => typeof part === "string")) {
      const text = parts.join(Array.isArray(value) ? "\n\n" : ", ");
      this.warn(name, `is ${describe(value)} and is read as one text: write it as one`);
      return text;
    }
    this.fault(name, `must be a text, but is ${describe(value)}`);
    return undefined;
  }

  #date(name: string, text: string): string | undefined {
    const { date, problem } = readDate(text, this.#report.language);
    if (date === undefined) {
      this.fault(name, problem ?? "");
    } else if (problem !== undefined) {
      this.warn(name, problem);
    }
    this.#taken.set(name, date);
    return date;
  }

  /** @param title the field that a text in the object's place is read as */
  #inner(name: string, value: unknown, title: string | undefined): Fields {
    if (typeof value !== "string" || title === undefined) {
      return new Fields(value, this.#nameOf(name), this.#report);
    }
    this.warn(name, `is a text and is read as its ${title}: write {"${title}": "${value}"}`);
    return new Fields({ [title]: value }, this.#nameOf(name), this.#report);
  }

  #nameOf(field: string): string {
    return this.#path === "" ? field : `${this.#path}.${field}`;
  }

  fault(name: string, problem: string): void {
    this.#report.faults.push({ field: this.#nameOf(name), problem });
  }
}

/** "work[0].name" as "work.name": the field of every entry. */
export function plain(name: string): string {
  return name.replaceAll(/\[\d+\]/g, "");
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a text is a full web address. */
export function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** A text as a full web address: "müller.example/über" has one with https:// before it. */
export function asWebAddress(text: string): string | undefined {
  if (isWebAddress(text)) {
    return text;
  }
  const address = `https://${text.replace(/^\/\//, "")}`;
  const isHost = /^(\/\/)?([\p{L}\p{N}-]+\.)+\p{L}{2,}(:\d+)?([/?#]\S*)?$/u.test(text);
  return isHost && isWebAddress(address) ? address : undefined;
}

export function isEmail(text: string): boolean {
  return /^[^\s@<>"]+@[^\s@<>"]+$/.test(text);
}

/** Names a value's type for an error message. */
export function describe(value: unknown): string {
  if (value === undefined) {
    return "missing";
  }
  if (Array.isArray(value)) {
    return "a list";
  }
  if (typeof value === "string") {
    return "a text";
  }
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
