/** Invented résumés, each with what reading it must find. */
export interface Fixture {
  readonly name: string;
  readonly json: unknown;
  /** The fields of its faults, in any order. */
  readonly faults: readonly string[];
  /** The fields of its warnings, in any order. */
  readonly warnings: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

const ada: Json = { name: "Ada Example", label: "Engineer", email: "ada@example.com" };
const mill: Json = { name: "Mill", position: "Miller", startDate: "2020-01", endDate: "2021-12" };

/** A résumé of Ada with these parts. */
function of(name: string, parts: Json, warnings: readonly string[] = [], faults: readonly string[] = []): Fixture {
  return { name, json: { basics: ada, ...parts }, warnings, faults };
}

/** The same with these fields of basics. */
function basics(name: string, fields: Json, warnings: readonly string[] = [], faults: readonly string[] = []): Fixture {
  return of(name, { basics: { ...ada, ...fields } }, warnings.map(inBasics), faults.map(inBasics));
}

/** The same with one job that has these fields. */
function job(name: string, fields: Json, warnings: readonly string[] = [], faults: readonly string[] = []): Fixture {
  return of(name, { work: [{ ...mill, ...fields }] }, warnings.map(inWork), faults.map(inWork));
}

const inBasics = (field: string) => `basics.${field}`;
const inWork = (field: string) => `work[0].${field}`;

/** One résumé in each language, whose first job goes on in that language's words. */
const languages: readonly (readonly [language: string, ongoing: string, ...texts: string[]])[] = [
  ["en", "Present", "Nora Example", "Baker", "I bake bread.", "Hill Bakery", "Opened a second shop"],
  ["de", "heute", "Jürgen Müßig", "Bäcker", "Ich backe Brot.", "Bäckerei Übermühl", "Zweite Filiale eröffnet"],
  ["fr", "aujourd’hui", "Zoé Lefèvre", "Boulangère", "Je fais du pain.", "Le Fournil", "Ouvert une seconde boutique"],
  ["es", "Actualidad", "Iñaki Muñoz", "Panadero", "Hago pan.", "Panadería Ñandú", "Abrió una segunda tienda"],
  ["it", "in corso", "Niccolò Prova", "Fornaio", "Faccio il pane.", "Forno Città", "Aperto un secondo negozio"],
  ["pt", "até o momento", "João Gonçalves", "Padeiro", "Faço pão.", "Padaria São", "Abriu uma segunda loja"],
  ["nl", "heden", "Anouk Voorbeeld", "Bakker", "Ik bak brood.", "Bakkerij ’t IJ", "Opende een tweede winkel"],
  ["sv", "pågående", "Åsa Öberg", "Bagare", "Jag bakar bröd.", "Bageriet Ängen", "Öppnade en andra butik"],
  ["pl", "obecnie", "Łucja Żółć", "Piekarka", "Piekę chleb.", "Piekarnia Źdźbło", "Otworzyła drugi sklep"],
  ["ja", "現在", "見本 花子", "パン職人", "パンを焼いています。", "丘のパン屋", "二号店を開いた"],
  ["zh", "至今", "范例", "面包师", "我做面包。", "山坡面包店", "开了第二家店"],
  ["ar", "حتى الآن", "نور مثال", "خبّازة", "أخبز الخبز.", "مخبز التل", "افتتحت متجرا ثانيا"],
];

const inLanguages: readonly Fixture[] = languages.map(
  ([language, endDate, name, label, summary, employer, highlight]) => ({
    name: `in ${language}`,
    json: {
      meta: { language },
      basics: { name, label, summary, email: "person@example.com" },
      work: [
        { name: employer, position: label, startDate: "2021-04", endDate, highlights: [highlight, highlight] },
        { name: employer, position: label, startDate: "2018", endDate: "2021-03", summary },
      ],
      languages: [{ language: new Intl.DisplayNames([language], { type: "language" }).of(language) }],
    },
    faults: [],
    warnings: ["work[0].endDate"],
  }),
);

/** A generator of numbers below 1 (mulberry32): the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const syllables = ["ba", "cor", "del", "fi", "gan", "hu", "ler", "mo", "nis", "pra", "rin", "so", "tu", "ver", "wex"];

/** A long résumé: 30 jobs of several employers, projects, and every other section. */
function large(seed: number): Fixture {
  const random = numbers(seed);
  const below = (end: number) => Math.floor(random() * end);
  const word = () => Array.from({ length: 1 + below(3) }, () => syllables[below(syllables.length)]).join("");
  const text = (words: number) => `${Array.from({ length: words }, word).join(" ")}.`;
  const many = <T>(count: number, make: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => make(index));
  return {
    name: `large, seed ${seed}`,
    json: {
      basics: { ...ada, name: `Ada ${word()}`, summary: text(80), url: "https://ada.example.com" },
      work: many(30, (index) => ({
        name: `${word()} ${Math.floor(index / 3)}`,
        position: word(),
        location: word(),
        description: text(6),
        url: `https://${word()}.example.com`,
        startDate: `${2020 - index}-01`,
        endDate: `${2020 - index}-12-31`,
        summary: text(25),
        highlights: many(5, () => text(20)),
      })),
      volunteer: many(4, () => ({ organization: word(), position: word(), startDate: "2010", summary: text(20) })),
      education: many(4, () => ({ institution: word(), area: word(), studyType: "BSc", courses: many(8, word) })),
      projects: many(12, () => ({
        name: word(),
        description: text(20),
        highlights: many(3, () => text(12)),
        keywords: many(5, word),
        roles: many(2, word),
        entity: word(),
        type: "application",
      })),
      skills: many(10, () => ({ name: word(), level: "Expert", keywords: many(8, word) })),
      awards: many(4, () => ({ title: text(3), awarder: word(), date: "2012-05", summary: text(10) })),
      certificates: many(6, () => ({ name: text(3), issuer: word(), date: "2015" })),
      publications: many(8, () => ({ name: text(5), publisher: word(), releaseDate: "2016-02-29", summary: text(15) })),
      languages: many(3, () => ({ language: word(), fluency: word() })),
      interests: many(3, () => ({ name: word(), keywords: many(3, word) })),
      references: many(3, () => ({ name: word(), reference: text(30) })),
    },
    faults: [],
    warnings: [],
  };
}

/** What the schema calls a complete résumé, with every field of it. */
const complete: Json = {
  $schema: "https://example.com/schema.json",
  basics: {
    ...ada,
    image: "ada.jpg",
    phone: "+44 117 496 0100 ext. 12",
    url: "https://ada.example.com",
    summary: "One.\n\nTwo.",
    location: {
      address: "1 Mill Lane\nFlat 2",
      postalCode: "AB1 2CD",
      city: "Hill",
      region: "West",
      countryCode: "GB",
    },
    profiles: [{ network: "Code", username: "ada", url: "https://code.example.com/ada" }],
  },
  work: [
    {
      ...mill,
      location: "Hill",
      description: "A mill",
      url: "https://mill.example.com",
      summary: "Ground corn.",
      highlights: ["Ground more corn"],
    },
  ],
  volunteer: [
    {
      organization: "Choir",
      position: "Alto",
      url: "https://choir.example.com",
      startDate: "2019",
      summary: "Sang.",
      highlights: ["Sang high"],
    },
  ],
  education: [
    {
      institution: "College",
      url: "https://college.example.com",
      area: "Milling",
      studyType: "Diploma",
      startDate: "2016",
      endDate: "2019",
      score: "1.3",
      courses: ["Corn", "Water"],
    },
  ],
  awards: [{ title: "Best flour", date: "2020-10-03", awarder: "Bakers", summary: "Fine." }],
  certificates: [{ name: "Miller", date: "2019-06", url: "https://bakers.example.com", issuer: "Bakers" }],
  publications: [
    { name: "Flour", publisher: "Press", releaseDate: "2021", url: "https://press.example.com", summary: "On flour." },
  ],
  skills: [{ name: "Milling", level: "Master", keywords: ["Stone", "Steel"] }],
  languages: [{ language: "English", fluency: "Native" }],
  interests: [{ name: "Rivers", keywords: ["Swimming"] }],
  references: [{ name: "B. Example", reference: "She mills well." }],
  projects: [
    {
      name: "Wheel",
      description: "A water wheel",
      highlights: ["It turns"],
      keywords: ["Wood"],
      startDate: "2020",
      endDate: "2021",
      url: "https://wheel.example.com",
      roles: ["Builder"],
      entity: "Mill",
      type: "application",
    },
  ],
  meta: { canonical: "https://ada.example.com/resume.json", version: "v1.0.0", lastModified: "2024-01-01T00:00:00" },
};

const zeroWidth = "\u200b\u2060\ufeff";

export const fixtures: readonly Fixture[] = [
  of("a name alone", {}),
  of("every field of the schema", complete),
  { name: "nothing", json: {}, faults: ["basics.name"], warnings: [] },
  { name: "a list", json: [1], faults: ["", "basics.name"], warnings: [] },
  { name: "no name", json: { basics: { label: "Engineer" } }, faults: ["basics.name"], warnings: [] },
  {
    name: "a name that only looks like one",
    json: { basics: { name: zeroWidth } },
    faults: ["basics.name"],
    warnings: [],
  },
  { name: "basics as a list", json: { basics: [ada] }, faults: ["basics", "basics.name"], warnings: [] },

  // What means nothing.
  basics("empty texts", { label: "", phone: " ", url: "\t\n", summary: zeroWidth, image: null, email: "" }),
  basics("empty location and profiles", { location: { city: "" }, profiles: [{ network: "", url: null }, null, {}] }),
  of("sections without entries", { work: [], volunteer: null, education: [{}], projects: [null], skills: "" }),
  job("a job without an end", { endDate: undefined }),
  job("a job whose end is null", { endDate: null }),
  job("a job whose end is empty", { endDate: "" }),
  job("a job with empty highlights", { highlights: ["", null, zeroWidth, "One"], summary: "\u00a0" }),

  // Words for what goes on.
  ...["now", "CURRENT", "Today", "to date", "(ongoing)", "–", "bis heute", "présent", "до сих пор 2020"].map(
    (endDate) => job(`an end that is "${endDate}"`, { endDate }, ["endDate"]),
  ),
  of("a project that goes on", { projects: [{ name: "P", startDate: "2020", endDate: "present" }] }, [
    "projects[0].endDate",
  ]),

  // Dates.
  job("September has 30 days", { endDate: "2024-09-31" }, ["endDate"]),
  job("no leap year", { endDate: "2023-02-29" }, ["endDate"]),
  job("no such month", { endDate: "2023-13" }, ["endDate"]),
  job("a month of two digits missing", { endDate: "2023-9" }, ["endDate"]),
  job("slashes", { startDate: "2020/01", endDate: "3/2023" }, ["startDate", "endDate"]),
  job("points", { startDate: "1.2.2020", endDate: "28.02.2023" }, ["startDate", "endDate"]),
  job("a date with a time", { endDate: "2023-02-28T12:00:00Z" }, ["endDate"]),
  job("a month's name", { startDate: "Jan 2020", endDate: "Sept. 2021" }, ["startDate", "endDate"]),
  job("a season", { startDate: "Summer 2020" }, ["startDate"]),
  job("a year as a number", { startDate: 2020 }, ["startDate"]),
  job("no date", { startDate: "soon" }, [], ["startDate"]),
  job("two years in one field", { startDate: "2019 to 2020" }, [], ["startDate"]),
  job("an end before the start", { startDate: "2020-05", endDate: "2019" }, ["endDate"]),
  job("an end in the year of the start", { startDate: "2020-05", endDate: "2020" }),
  job("a start years ahead", { startDate: "2962-01", endDate: undefined }, ["startDate"]),

  // Former names.
  of(
    "the names of the schema before 1.0",
    {
      basics: { name: "Ada", picture: "ada.jpg", website: "https://ada.example.com" },
      work: [{ company: "Mill", position: "Miller", website: "https://mill.example.com" }],
      volunteer: [{ organization: "Choir", website: "https://choir.example.com" }],
      education: [{ institution: "College", gpa: "4.0" }],
      awards: [{ title: "Best flour", awardDate: "2014-11" }],
      publications: [{ name: "Flour", website: "https://press.example.com" }],
      languages: [{ name: "English", level: "Native" }],
      hobbies: [{ name: "Rivers" }],
    },
    [
      ...["basics.picture", "basics.website", "work[0].company", "work[0].website", "volunteer[0].website"],
      ...["education[0].gpa", "awards[0].awardDate", "publications[0].website", "languages[0].name"],
      ...["languages[0].level", "hobbies"],
    ],
  ),
  job("a former name beside the new one", { company: "Old Mill" }, ["company"]),

  // Fields that are shown nowhere, and sections of one's own.
  basics("a field that is none", { nickname: "A." }, ["nickname"]),
  job("a field that is none in a job", { tech: ["Stone"], "x-id": 7 }, ["tech"]),
  of("fields for other programs", { "x-theme": "blue", $id: "a", meta: { theme: "even", site: {} } }),
  of("an object of one's own", { driving: { licence: "B" } }, ["driving"]),
  of(
    "a section of one's own",
    {
      sideProjects: [
        { title: "Boat", date: "2021-05", url: "https://boat.example.com", summary: "A boat.", wood: ["Oak", "Elm"] },
        { name: "Raft", startDate: "2019", endDate: "2020", description: "A raft.", year: 2020, url: "in the shed" },
      ],
    },
    ["sideProjects[1].url"],
  ),
  of("a section of texts", { licences: ["Lorry", "", "Boat"] }, ["licences[0]", "licences[2]"]),
  of("a section with an entry that has no title", { patents: [{ title: "Wheel" }, { number: 7 }] }, ["patents"]),
  of("a section with an object inside", { patents: [{ title: "Wheel", office: { name: "West" } }] }, [
    "patents[0].office",
  ]),

  // Links.
  basics("an address without https://", { url: "müller.example/über" }, ["url"]),
  basics("a link that is no address", { url: "ask me" }, ["url"]),
  basics("a script for a link", { url: "javascript:alert(1)" }, ["url"]),
  basics("an e-mail address that is none", { email: "ada at example.com" }, ["email"]),
  basics(
    "profiles of all kinds",
    {
      profiles: [
        { url: "https://code.example.com/ada" },
        { network: "Code", username: "ada" },
        { network: "Chat", url: "@ada" },
        { network: "Code", username: "ada", url: "code.example.com/ada" },
        "ada",
        { network: "Chat", username: "ada", url: "on the chat" },
      ],
    },
    ["profiles[2].url", "profiles[3].url", "profiles[4]", "profiles[5].url"],
  ),
  job("a link of a job that is no address", { url: "n/a" }, ["url"]),

  // Types.
  basics("a location in one text", { location: "Hill, West" }, ["location"]),
  basics("a phone number as a number", { phone: 441174960100 }, ["phone"]),
  basics("a summary as a list", { summary: ["One.", "Two."] }, ["summary"]),
  job("a location as an object", { location: { city: "Hill", countryCode: "GB" } }, ["location"]),
  job("highlights as one text", { highlights: "One." }, ["highlights"]),
  job("highlights as an object", { highlights: { first: "One." } }, [], ["highlights"]),
  job("a summary that is a list of objects", { summary: [{ text: "One." }] }, [], ["summary"]),
  of("jobs as an object", { work: { mill } }, [], ["work"]),
  of("jobs as a text", { work: "Mill" }, [], ["work"]),
  of("a job that is a number", { work: [7] }, [], ["work[0]"]),
  of("lists of texts", { languages: ["English"], skills: ["Milling", "Singing"], interests: ["Rivers"] }, [
    ...["languages[0]", "skills[0]", "skills[1]", "interests[0]"],
  ]),

  // Entries without their names.
  of("a job without an employer", { work: [{ position: "Writer", startDate: "2020" }] }),
  of("a job with a summary alone", { work: [{ summary: "Ground corn." }] }, ["work[0]"]),
  of(
    "entries without names",
    {
      skills: [{ keywords: ["Stone"] }],
      languages: [{ fluency: "Native" }],
      references: [{ reference: "She mills well." }],
      education: [{ area: "Milling" }],
      projects: [{ description: "A wheel" }],
      awards: [{ summary: "Fine." }],
    },
    ["languages[0]", "projects[0]", "awards[0]"],
  ),

  // What the owner says about the site.
  of("private fields", {
    meta: { site: { hideOnWeb: ["basics.email", "basics.location.address", "work.summary"], index: false } },
  }),
  of(
    "a private field that is none",
    { meta: { site: { hideOnWeb: ["basics.fone"], hideInPdf: ["works"] } } },
    [],
    [...["meta.site.hideOnWeb[0]", "meta.site.hideInPdf[0]"]],
  ),
  of("a name that is private", { meta: { site: { hideOnWeb: ["basics.name"] } } }, [], ["meta.site.hideOnWeb[0]"]),
  of(
    "settings that are none",
    { meta: { language: "klingon!", site: { index: "no", paper: "A3", papr: "a4" } } },
    ["meta.site.papr"],
    ["meta.language", "meta.site.index", "meta.site.paper"],
  ),

  ...inLanguages,
  ...[1, 2, 3, 4, 5].map(large),
];
