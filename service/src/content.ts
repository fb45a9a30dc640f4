/** The owner's content is invalid. Lists every problem with its place, one sentence each. */
export class ContentError extends Error {
  constructor(file: string, what: string, problems: readonly string[]) {
    super(`${file} is not ${what}. ${problems.join(" ")}`);
    this.name = "ContentError";
  }
}
