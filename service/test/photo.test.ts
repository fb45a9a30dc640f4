import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { makePdfs } from "../pdf/make.ts";
import { makePhotos } from "../photo/make.ts";
import { pdfFolder } from "../src/pdfs.ts";
import { photoFolder, pictureFile, readPhotos } from "../src/photos.ts";
import { loadContent } from "../src/resume/content.ts";
import { loadSite } from "../src/site.ts";
import { temporaryFolder } from "./folder.ts";
import { SERVICE_ROOT, startService } from "./service.ts";

/** A folder as the service's, whose résumé has this image. */
function rootOf(image: string, site: object = {}): string {
  const root = temporaryFolder();
  symlinkSync(join(SERVICE_ROOT, "assets"), join(root, "assets"));
  mkdirSync(join(root, "content"));
  const resume = { basics: { name: "Ada Example", image }, meta: { site } };
  writeFileSync(join(root, "content", "resume.json"), JSON.stringify(resume));
  return root;
}

/** A picture as a camera takes it: lying on its side, and with the place. */
async function takePicture(file: string, width = 600): Promise<void> {
  await sharp({ create: { width, height: (width * 2) / 3, channels: 3, background: "#468" } })
    .withExif({ IFD0: { Copyright: "Ada" }, IFD3: { GPSLatitude: "51/1 30/1 0/1" } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toFile(file);
}

test("a photo is on the page in modern formats and sensible sizes, from the site itself", async (t) => {
  const root = rootOf("Ada Photo.JPG");
  await takePicture(join(root, "content", "Ada Photo.JPG"));
  assert.deepEqual(await makePhotos(root), []);
  const site = loadSite(root, "https://ada.example.com", new Map(), undefined, readPhotos(root));
  const service = await startService({ site });
  t.after(() => service.close());
  const { text } = await service.ask("/");
  assert.match(text, /<img [^>]*width="160" height="240" alt="Ada Example">/);
  assert.match(text, /<meta property="og:image" content="https:\/\/ada\.example\.com\/static\/photo-[^"]*\.jpg">/);
  const urls = [...text.matchAll(/\/static\/photo-ada-photo-jpg-(\d+)\.[0-9a-f]{16}\.(avif|webp|jpg)(?=[ ,"])/g)];
  assert.equal(new Set(urls.map(([url]) => url)).size, 6);
  for (const [url, width, format] of urls) {
    const { status, headers, bytes } = await service.ask(url);
    assert.equal(status, 200);
    assert.equal(headers["content-type"], format === "jpg" ? "image/jpeg" : `image/${format}`);
    assert.match(String(headers["cache-control"]), /immutable/);
    const picture = await sharp(bytes).metadata();
    assert.deepEqual([picture.width, picture.height], [Number(width), Number(width) * 1.5], "it stands upright");
    assert.equal(picture.exif, undefined, "it does not tell where it was taken");
  }
});

test("the same picture is the same files, and its other pages and errors have none", async () => {
  const [first, second] = [rootOf("ada.jpg"), rootOf("ada.jpg")];
  await takePicture(join(first, "content", "ada.jpg"));
  copyFileSync(join(first, "content", "ada.jpg"), join(second, "content", "ada.jpg"));
  await makePhotos(first);
  await makePhotos(second);
  for (const name of ["photos.json", "photo-ada-jpg-160.avif", "photo-ada-jpg-320.webp", "photo-ada-jpg-320.jpg"]) {
    assert.deepEqual(readFileSync(join(first, photoFolder, name)), readFileSync(join(second, photoFolder, name)), name);
  }
});

test("the PDF has the photo without what the camera tells, and is no larger for a large picture", async () => {
  const root = rootOf("ada.jpg");
  await takePicture(join(root, "content", "ada.jpg"), 3000);
  await makePdfs(root);
  const pdf = readFileSync(join(root, pdfFolder, "resume.pdf"));
  assert.ok(pdf.includes("/DCTDecode"), "it has a photo");
  assert.ok(!pdf.includes("Exif") && pdf.length < 60_000, `${pdf.length} bytes`);
});

test("a hidden picture is not made", async () => {
  const root = rootOf("ada.jpg", { hideOnWeb: ["basics.image"] });
  await takePicture(join(root, "content", "ada.jpg"));
  assert.deepEqual(await makePhotos(root), []);
  assert.equal(readPhotos(root).size, 0);
});

test("a picture that is elsewhere, missing or none is a warning, and no page shows it", async () => {
  for (const [image, warning] of [
    ["https://example.com/ada.jpg", /basics\.image: is https:.* put the picture beside resume\.json/],
    ["ada.png", /basics\.image: is "ada\.png", but there is no such file/],
    ["../../ada.png", /no such file/],
    [`data:image/png;base64,${"A".repeat(500)}`, /basics\.image: is "data:image\/png;base64,A{50,70}…"/],
  ] as const) {
    const root = rootOf(image);
    assert.match(loadContent(join(root, "content")).warnings.join(), warning);
    assert.deepEqual(await makePhotos(root), []);
    assert.equal(readPhotos(root).size, 0);
  }
  const root = rootOf("resume.json");
  assert.deepEqual(loadContent(join(root, "content")).warnings, []);
  assert.match((await makePhotos(root)).join(), /basics\.image: is "resume\.json", which can't be read as a picture/);
  assert.equal(readPhotos(root).size, 0);
  assert.equal(pictureFile(join(root, "content"), "."), undefined);
});
