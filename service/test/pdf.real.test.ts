import { test } from "node:test";
import { fixtures } from "./fixtures.ts";
import { assertComplete } from "./pdf-texts.ts";

test("every text of every résumé is in its PDF, in a font that has it", async () => {
  // Japanese and Chinese need fonts of 86 MB, which are loaded where they are not there yet.
  for (const fixture of fixtures.filter(({ faults }) => faults.length === 0)) {
    await assertComplete(fixture);
  }
});
