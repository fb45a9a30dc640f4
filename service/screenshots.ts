import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openBrowser } from "./test/browser.ts";
import { MemoryStore } from "./test/memory-store.ts";
import { startService } from "./test/service.ts";
import { FAILING_PATH, siteThatFails } from "./test/site-that-fails.ts";

/** Takes screenshots of every page, light and dark, wide and narrow, into screenshots/ (ignored by git). */

const folder = join(import.meta.dirname, "screenshots");
const sitePages = ["/", "/experience", "/projects", "/contact", "/contact/thanks", "/nope", FAILING_PATH];
const widths = { wide: 1280, narrow: 390 } as const;

mkdirSync(folder, { recursive: true });
const service = await startService({ redis: new MemoryStore(), site: siteThatFails() });
const browser = await openBrowser();
try {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [size, width] of Object.entries(widths)) {
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
      for (const path of sitePages) {
        await page.goto(`http://127.0.0.1:${service.port}${path}`);
        const file = join(folder, `${path.slice(1).replaceAll("/", "-") || "home"}.${colorScheme}.${size}.png`);
        await page.screenshot({ path: file, fullPage: true });
        console.log(file);
      }
      await page.goto(`http://127.0.0.1:${service.port}/contact`);
      await page.getByLabel("Your name").fill("Ada Lovelace");
      await page.getByLabel("Your e-mail address").fill("ada@localhost");
      await page.getByRole("textbox", { name: "Message" }).fill("Dear Nora,\n\nhow does one drain a server?");
      await page.getByRole("button", { name: "Send" }).click();
      await page.getByRole("alert").waitFor();
      const file = join(folder, `contact-refused.${colorScheme}.${size}.png`);
      await page.screenshot({ path: file, fullPage: true });
      console.log(file);
      await page.close();
    }
  }
} finally {
  await browser.close();
  await service.close();
}
