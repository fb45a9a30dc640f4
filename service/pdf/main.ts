/** Makes the PDFs for `npm run dev`, which has printed the faults and the warnings before. */
import { dirname } from "node:path";
import { ContentError } from "../src/content.ts";
import { makePdfs } from "./make.ts";

try {
  await makePdfs(dirname(import.meta.dirname), process.argv[2]);
} catch (error) {
  if (!(error instanceof ContentError)) {
    throw error;
  }
}
