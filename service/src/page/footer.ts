import { type Html, html } from "./html.ts";
import { THEMES, type Theme } from "./theme.ts";

const LABELS: Readonly<Record<Theme, string>> = { system: "Auto", light: "Light", dark: "Dark" };

/** The foot of every page: the résumé as data, and the choice of theme, which leads back to the page. */
export function renderFooter(current: Theme, path: string): Html {
  return html`<footer>
<p>Also as data: <a href="/resume.json">resume.json</a>, in the open JSON Resume schema.</p>
<form method="post" action="/theme" class="themes">
<input type="hidden" name="next" value="${path}">
<fieldset>
<legend>Theme</legend>
${THEMES.map(
  (theme) =>
    html`<button name="theme" value="${theme}" aria-pressed="${theme === current ? "true" : "false"}">${LABELS[theme]}</button>`,
)}
</fieldset>
</form>
</footer>`;
}
