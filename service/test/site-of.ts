import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadSite, type Site } from "../src/site.ts";
import { temporaryFolder } from "./folder.ts";
import { SERVICE_ROOT } from "./service.ts";

/** The site of a content folder with these files. Call it within a test or a hook, after which the folder is removed. */
export function siteOf(resume: unknown, files: Readonly<Record<string, string>> = {}, publicUrl?: string): Site {
  const root = temporaryFolder();
  symlinkSync(join(SERVICE_ROOT, "assets"), join(root, "assets"));
  mkdirSync(join(root, "content"));
  for (const [name, text] of Object.entries({ ...files, "resume.json": JSON.stringify(resume) })) {
    writeFileSync(join(root, "content", name), text);
  }
  return loadSite(root, publicUrl);
}
