import { type Photo, type PhotoFormat, photoFormats, photoWidths } from "../photos.ts";
import type { Assets } from "./assets.ts";
import { type Html, html } from "./html.ts";

/** Renders a photo in the best format that the browser reads, in the size that its screen needs. */
export function renderPhoto(assets: Assets, { height, files }: Photo, alt: string): Html {
  const urls = (format: PhotoFormat) =>
    files.filter((file) => file.format === format).map(({ name }) => assets.url(name));
  const source = (format: PhotoFormat) =>
    html`<source type="${photoFormats[format]}" srcset="${urls(format).join(", ")} 2x">`;
  const [usual, double] = urls("jpg");
  return html`<picture class="photo">${source("avif")}${source("webp")}<img src="${usual}" srcset="${double} 2x" width="${photoWidths[0]}" height="${height}" alt="${alt}"></picture>`;
}
