/** What the site's owner wrote can't be shown as it is: every problem in one sentence that names its place. */
export class ContentError extends Error {
  constructor(file: string, what: string, problems: readonly string[]) {
    super(`${file} is not ${what}. ${problems.join(" ")}`);
    this.name = "ContentError";
  }
}
