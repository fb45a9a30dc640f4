import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../lib/paths.ts";
import { mustRun } from "../lib/run.ts";

/** The least that Koa can answer with. The idle time is the service's: nginx must not meet connections that end by themselves. */
const source = `
import Koa from "koa";

const app = new Koa();
app.use((ctx) => {
  ctx.body = "ok";
});
const server = app.listen(3000);
server.keepAliveTimeout = 75_000;
process.on("SIGTERM", () => process.exit(0));
`;

export const bareKoaBody = "ok";

/** One file with the service's own version of Koa in it, made as service/build.ts makes the service's. */
export async function bareKoa(): Promise<string> {
  const service = join(projectRoot, "service");
  const folder = await mkdtemp(join(tmpdir(), "resume-bench-"));
  try {
    const file = join(folder, "bare-koa.js");
    await writeFile(file, source);
    const require = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
    const args = [
      "--bundle",
      "--platform=node",
      "--target=node24",
      "--format=esm",
      "--minify",
      `--banner:js=${require}`,
    ];
    return await mustRun(join(service, "node_modules/.bin/esbuild"), [file, ...args], {
      env: { NODE_PATH: join(service, "node_modules") },
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
