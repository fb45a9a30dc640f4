/** Makes the PDFs for `npm run dev`, and prints warnings. Faults of the content are printed by the service. */
import { dirname } from "node:path";
import { ContentError } from "../src/content.ts";
import { makePdfs } from "./make.ts";

try {
  for (const warning of await makePdfs(dirname(import.meta.dirname), process.argv[2])) {
    console.log(warning);
  }
} catch (error) {
  if (!(error instanceof ContentError)) {
    throw error;
  }
}
