import sharp, { type Sharp } from "sharp";

/** A picture of the content: turned as the camera says, on white where it is transparent, with nothing but its pixels. */
export function openPicture(file: string): Sharp {
  return sharp(file).autoOrient().flatten({ background: "#fff" });
}
