import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { at } from "../../lib/at.ts";
import { projectRoot } from "../../lib/paths.ts";
import { hasCode } from "../../lib/user-error.ts";
import { project } from "../lib/stack-config.ts";
import { processStart } from "./process-start.ts";

/** A lock of Pulumi's file backend. Pulumi itself never looks whether the process still runs. */
const lockSchema = z.object({ pid: z.number(), username: z.string(), hostname: z.string(), timestamp: z.string() });
export type Lock = z.infer<typeof lockSchema>;

/** The folder of the file backend, which the state is in; undefined for another backend. */
export function stateFolder(
  variable = process.env.PULUMI_BACKEND_URL,
  projectFile = readFileSync(join(projectRoot, "Pulumi.yaml"), "utf8"),
): string | undefined {
  const url = variable || at(parse(projectFile), "backend", "url");
  const path = typeof url === "string" ? /^file:\/\/([^?]*)/.exec(url)?.[1] : undefined;
  return path === undefined ? undefined : resolve(projectRoot, path.replace(/^~(?=\/|$)/, homedir()));
}

/** The locks of a stack. */
export function locksOf(folder: string, stack: string): Lock[] {
  const locks = join(folder, ".pulumi/locks/organization", project, stack);
  const names = existsSync(locks) ? readdirSync(locks) : [];
  // The backend keeps attributes beside each file.
  return names
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      try {
        return [lockSchema.parse(JSON.parse(readFileSync(join(locks, name), "utf8")))];
      } catch (error) {
        // Its update has just ended.
        if (hasCode(error, "ENOENT")) {
          return [];
        }
        throw error;
      }
    });
}

/** By how much the machine's clock may have been corrected since the lock was taken. */
const clockToleranceMs = 10_000;

/** Who holds a lock: a process that has ended, one that runs, or one of another machine, which can't be seen from here. */
export async function holderOf({ pid, hostname: host, timestamp }: Lock): Promise<"ended" | "runs" | "elsewhere"> {
  if (host !== hostname()) {
    return "elsewhere";
  }
  const start = await processStart(pid);
  // A process that is younger than the lock was given the same id later.
  return start === undefined || start > Date.parse(timestamp) + clockToleranceMs ? "ended" : "runs";
}
