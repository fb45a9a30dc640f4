/** Makes the photos for `npm run dev`, and prints warnings. Faults of the content are printed by check-content.ts. */
import { dirname } from "node:path";
import { ContentError } from "../src/content.ts";
import { makePhotos } from "./make.ts";

try {
  for (const warning of await makePhotos(dirname(import.meta.dirname), process.argv[2])) {
    console.log(`warning: ${warning}`);
  }
} catch (error) {
  if (!(error instanceof ContentError)) {
    throw error;
  }
}
