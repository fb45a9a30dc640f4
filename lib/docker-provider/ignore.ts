/** The rules of a .dockerignore file, as Docker's moby/patternmatcher applies them. */
import { posix } from "node:path";

export interface IgnoreRules {
  /** Whether a path (relative, with `/`) is ignored. */
  ignores(path: string): boolean;
  /** Whether a rule starts with `!`: it may include a file of an ignored directory, so those must be searched too. */
  hasExceptions: boolean;
}

interface Rule {
  pattern: RegExp;
  exception: boolean;
}

/** The rules in the text of a .dockerignore file. */
export function ignoreRules(text: string, extraPatterns: readonly string[] = []): IgnoreRules {
  const rules = [...ignorePatterns(text), ...extraPatterns].map(toRule);
  return {
    hasExceptions: rules.some((rule) => rule.exception),
    ignores: (path) => {
      const parts = path.split("/");
      const pathAndParents = parts.map((_, i) => parts.slice(0, i + 1).join("/"));
      let ignored = false;
      for (const rule of rules) {
        if (rule.exception === ignored && pathAndParents.some((part) => rule.pattern.test(part))) {
          ignored = !rule.exception;
        }
      }
      return ignored;
    },
  };
}

/** The patterns of a .dockerignore file, without comments and blank lines, with normalized paths. */
export function ignorePatterns(text: string): string[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const exception = line.startsWith("!");
      const path = exception ? line.slice(1).trim() : line;
      const clean = path === "" ? "" : posix.normalize(path).replace(/(?<=.)\/$/, "");
      const relative = clean.length > 1 && clean.startsWith("/") ? clean.slice(1) : clean;
      return (exception ? "!" : "") + relative;
    });
}

function toRule(pattern: string): Rule {
  const exception = pattern.startsWith("!");
  return { exception, pattern: toRegExp(exception ? pattern.slice(1) : pattern) };
}

/** `*` and `?` match within one path segment, `**` matches any number of segments. */
function toRegExp(pattern: string): RegExp {
  let source = "^";
  for (let i = 0; i < pattern.length; i += 1) {
    const char = pattern.charAt(i);
    if (char === "*" && pattern.charAt(i + 1) === "*") {
      i += 1;
      if (pattern.charAt(i + 1) === "/") {
        i += 1;
      }
      source += i + 1 === pattern.length ? ".*" : "(.*/)?";
    } else if (char === "*") {
      source += "[^/]*";
    } else if (char === "?") {
      source += "[^/]";
    } else if (/[.+()|{}$]/.test(char)) {
      source += `\\${char}`;
    } else if (char === "\\") {
      i += 1;
      source += i < pattern.length ? `\\${pattern.charAt(i)}` : "\\\\";
    } else {
      source += char;
    }
  }
  return new RegExp(`${source}$`, "s");
}
