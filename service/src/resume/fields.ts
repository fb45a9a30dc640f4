import type { Fault } from "../content.ts";

/**
 * Reads fields of untrusted JSON and records faults with the field's full name ("work[0].startDate"). Reading continues
 * after a fault, so that all are reported at once; results are valid only without faults.
 */
export class Fields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #path: string;
  readonly #faults: Fault[];

  constructor(value: unknown, path: string, faults: Fault[]) {
    this.#path = path;
    this.#faults = faults;
    if (isRecord(value)) {
      this.#values = new Map(Object.entries(value));
    } else {
      this.#values = new Map();
      this.#note(path, `must be an object, but is ${describe(value)}`);
    }
  }

  /** A required text. */
  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined && this.#values.get(name) === undefined) {
      this.#note(this.#name(name), "is missing");
    }
    return value ?? "";
  }

  optionalText(name: string): string | undefined {
    const value = this.#values.get(name);
    if (value === undefined) {
      return undefined;
    }
    if (typeof value !== "string") {
      this.#note(this.#name(name), `must be a text, but is ${describe(value)}`);
      return undefined;
    }
    const text = value.trim();
    if (text !== "") {
      return text;
    }
    this.#note(this.#name(name), "is empty: give it a text or leave it out");
    return undefined;
  }

  /** A day, month or year: "2024-02-29", "2024-02" or "2024". */
  optionalDate(name: string): string | undefined {
    const text = this.optionalText(name);
    if (text === undefined || isDate(text)) {
      return text;
    }
    this.#note(this.#name(name), `is "${text}", but must be a date (YYYY, YYYY-MM or YYYY-MM-DD)`);
    return undefined;
  }

  /** A full web address. Other schemes (javascript:, data:, …) are rejected, as it becomes a link. */
  optionalUrl(name: string): string | undefined {
    const text = this.optionalText(name);
    if (text === undefined || isWebAddress(text)) {
      return text;
    }
    this.#note(this.#name(name), `is "${text}", but must be a web address that starts with https:// or http://`);
    return undefined;
  }

  optionalEmail(name: string): string | undefined {
    const text = this.optionalText(name);
    if (text === undefined || /^[^\s@<>"]+@[^\s@<>"]+$/.test(text)) {
      return text;
    }
    this.#note(this.#name(name), `is "${text}", but must be an e-mail address`);
    return undefined;
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.#values.get(name);
    if (value === undefined || typeof value === "boolean") {
      return value;
    }
    this.#note(this.#name(name), `must be true or false, but is ${describe(value)}`);
    return undefined;
  }

  /** One of the given texts. */
  optionalChoice<const T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.optionalText(name);
    const choice = choices.find((one) => one === text);
    if (choice === undefined && text !== undefined) {
      this.#note(this.#name(name), `is "${text}", but must be ${choices.map((one) => `"${one}"`).join(" or ")}`);
    }
    return choice;
  }

  /** A list of texts; empty without the field. */
  texts(name: string): readonly string[] {
    return this.#items(name).flatMap((item, index) => {
      if (typeof item === "string" && item.trim() !== "") {
        return [item.trim()];
      }
      this.#note(`${this.#name(name)}[${index}]`, `must be a text, but is ${describe(item)}`);
      return [];
    });
  }

  /** A list of objects, each read by the given function; empty without the field. */
  list<T>(name: string, read: (item: Fields) => T): readonly T[] {
    return this.#items(name).map((item, index) =>
      read(new Fields(item, `${this.#name(name)}[${index}]`, this.#faults)),
    );
  }

  /** A required object. */
  object(name: string): Fields {
    return new Fields(this.#values.get(name), this.#name(name), this.#faults);
  }

  optionalObject(name: string): Fields | undefined {
    return this.#values.get(name) === undefined ? undefined : this.object(name);
  }

  #items(name: string): readonly unknown[] {
    const value = this.#values.get(name);
    if (value === undefined) {
      return [];
    }
    if (Array.isArray(value)) {
      return value;
    }
    this.#note(this.#name(name), `must be a list, but is ${describe(value)}`);
    return [];
  }

  #name(field: string): string {
    return this.#path === "" ? field : `${this.#path}.${field}`;
  }

  #note(field: string, problem: string): void {
    this.#faults.push({ field, problem });
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a text is a full web address. */
export function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** Whether a text is a date of the calendar, down to a day, month or year. */
function isDate(text: string): boolean {
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text);
  if (match === null) {
    return false;
  }
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** Names a value's type for an error message. */
export function describe(value: unknown): string {
  if (value === undefined) {
    return "missing";
  }
  if (value === null) {
    return "null";
  }
  if (Array.isArray(value)) {
    return "a list";
  }
  if (typeof value === "string") {
    return value.trim() === "" ? "empty" : "a text";
  }
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
