import { type ImageName, pinnedImages } from "../../lib/images.ts";
import type { Config } from "../config/config.ts";
import type { ImageSource } from "./component.ts";

/** The reference that an image is pulled by: the user's override as it stands, else the pin behind the registry's prefix. */
export function imageReference(config: Config, name: ImageName): string {
  const override = config.images[name];
  if (override !== undefined) return override;
  const pin = pinnedImages[name];
  return config.imageRegistry === undefined ? pin : `${config.imageRegistry}/${pin}`;
}

export const image = (config: Config, name: ImageName): ImageSource => ({
  kind: "reference",
  reference: imageReference(config, name),
});
