import { type ImageName, pinnedImages } from "../../lib/images.ts";
import type { Config } from "../config/config.ts";
import type { ImageSource } from "./component.ts";

/** What references depend on. */
export type ImageConfig = Pick<Config, "images" | "imageRegistry">;

/** An image's reference: the config's override, else the pin with the registry's prefix. */
export function imageReference(config: ImageConfig, name: ImageName): string {
  const override = config.images[name];
  if (override !== undefined) {
    return override;
  }
  const pin = pinnedImages[name];
  return config.imageRegistry === undefined ? pin : `${config.imageRegistry}/${pin}`;
}

export function image(config: ImageConfig, name: ImageName): ImageSource {
  return {
    kind: "reference",
    reference: imageReference(config, name),
  };
}
