/** Files that go into a container before it starts. */
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";
import tar from "tar-stream";
import type { Props } from "../lib/values.ts";
import { text } from "./fields.ts";

/** Puts one file into the container; directories on the way are made. */
export async function upload(container: Docker.Container, entry: Props): Promise<void> {
  const content = await uploadContent(entry);
  const pack = tar.pack();
  pack.entry(
    {
      name: text(entry.file).replace(/^\/+/, ""),
      mode: fileMode(entry),
      uid: numericId(entry, "owner"),
      gid: numericId(entry, "group"),
      mtime: new Date(),
    },
    content,
  );
  pack.finalize();
  await container.putArchive(await buffer(pack), { path: "/" });
}

async function uploadContent(entry: Props): Promise<Buffer> {
  const { content, contentBase64, source } = {
    content: text(entry.content),
    contentBase64: text(entry.contentBase64),
    source: text(entry.source),
  };
  const given = [content, contentBase64, source].filter((value) => value !== "").length;
  if (given !== 1) {
    throw new Error(
      given === 0
        ? "error with upload content: one of 'content', 'contentBase64', or 'source' must be set"
        : "error with upload content: only one of 'content', 'contentBase64', or 'source' can be set",
    );
  }
  if (source !== "") {
    return readFile(source);
  }
  return content === "" ? Buffer.from(contentBase64, "base64") : Buffer.from(content, "utf8");
}

/** `permissions` wins over `executable`. */
function fileMode(entry: Props): number {
  const permissions = text(entry.permissions);
  return permissions === "" ? (entry.executable === true ? 0o744 : 0o644) : Number.parseInt(permissions, 8);
}

function numericId(entry: Props, name: "owner" | "group"): number {
  const id = text(entry[name]);
  if (!/^\d*$/.test(id)) {
    throw new Error(`uploads: '${name}' must be a number, names are not supported by the stand-in docker plugin`);
  }
  return Number(id);
}
