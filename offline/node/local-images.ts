import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { type Header, pack } from "tar-stream";

/** The programs that run in pods, each alone in an image. No registry has them. */
export const localImages = ["pause", "coredns", "metrics-server"] as const;

export type LocalImage = (typeof localImages)[number];

/** The image's reference in a pod. */
export function imageReference(name: LocalImage): string {
  return `resume.local/${name}:made`;
}

const epoch = new Date(0);

/** A tar archive of these files, the same bytes for the same files. */
function archive(files: { header: Partial<Header> & { name: string }; content: Buffer | string }[]): Promise<Buffer> {
  const tar = pack();
  for (const { header, content } of files) {
    tar.entry({ mtime: epoch, uid: 0, gid: 0, ...header }, content);
  }
  tar.finalize();
  return buffer(tar);
}

function digest(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}

/** An image with one static program in it, as the archive that `docker save` would write. */
export async function imageArchive(name: LocalImage, program: Buffer, architecture: string): Promise<Buffer> {
  const layer = await archive([{ header: { name, mode: 0o755 }, content: program }]);
  const config = JSON.stringify({
    architecture,
    os: "linux",
    created: epoch.toISOString(),
    config: { Entrypoint: [`/${name}`], User: "65532:65532" },
    rootfs: { type: "layers", diff_ids: [`sha256:${digest(layer)}`] },
    history: [{ created: epoch.toISOString() }],
  });
  const configName = `${digest(config)}.json`;
  const manifest = [{ Config: configName, RepoTags: [imageReference(name)], Layers: ["layer.tar"] }];
  return archive([
    { header: { name: "manifest.json" }, content: JSON.stringify(manifest) },
    { header: { name: configName }, content: config },
    { header: { name: "layer.tar" }, content: layer },
  ]);
}

/** Go's name of this machine's architecture, which images use too. */
const architecture = process.arch === "x64" ? "amd64" : process.arch;

/** Writes an archive of each image into the folder. @param bin where the programs are */
export async function writeImages(bin: string, folder: string): Promise<void> {
  await mkdir(folder);
  for (const name of localImages) {
    await writeFile(
      join(folder, `${name}.tar`),
      await imageArchive(name, await readFile(join(bin, name)), architecture),
    );
  }
}
