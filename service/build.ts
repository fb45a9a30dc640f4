import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { makePdfs } from "./pdf/make.ts";
import { makePhotos } from "./photo/make.ts";
import { ContentError } from "./src/content.ts";
import { loadSite } from "./src/site.ts";

const root = import.meta.dirname;

/** Replaces the module that reads the style sheet by the minified style sheet, which pages contain inline. */
const minifiedStyle: Plugin = {
  name: "minified-style",
  setup: ({ onLoad }) => {
    onLoad({ filter: /[/\\]src[/\\]page[/\\]style\.ts$/ }, async () => {
      const { outputFiles } = await build({
        entryPoints: [join(root, "assets", "style.css")],
        minify: true,
        legalComments: "none",
        write: false,
      });
      const css = outputFiles.map(({ text }) => text.trim()).join("");
      return { contents: `export const styleSheet = ${JSON.stringify(css)};` };
    });
  },
};

// Invalid content fails the build instead of the replicas' start.
try {
  loadSite(root);
  for (const warning of [...(await makePhotos(root)), ...(await makePdfs(root))]) {
    console.log(warning);
  }
} catch (error) {
  if (!(error instanceof ContentError)) {
    throw error;
  }
  console.error(error.message);
  process.exit(1);
}

/**
 * Bundles each program into one ES module in dist/, which starts faster and uses less memory than many modules.
 * The bundled libraries are CommonJS: the banner defines the `require` that they load Node's modules with.
 */
await build({
  absWorkingDir: root,
  entryPoints: { server: "src/main.ts", messages: "src/messages.ts" },
  outdir: "dist",
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  // Identifiers are not minified, so that stacks in the log are readable. keepNames would add a call for each function.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  plugins: [minifiedStyle],
});
