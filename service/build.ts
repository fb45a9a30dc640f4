import { dirname, join } from "node:path";
import standaloneCode from "ajv/dist/standalone/index.js";
import { build, type Plugin } from "esbuild";
import { ContentError } from "./src/content.ts";
import { compiler, validate } from "./src/resume/compiled-schema.ts";
import { loadSite } from "./src/site.ts";

const ROOT = import.meta.dirname;

/** Puts the compiled schema in the place of the module that compiles it. */
const compiledSchema: Plugin = {
  name: "compiled-schema",
  setup: ({ onLoad }) => {
    onLoad({ filter: /[/\\]src[/\\]resume[/\\]compiled-schema\.ts$/ }, ({ path }) => ({
      contents: standaloneCode.default(compiler, validate),
      resolveDir: dirname(path),
    }));
  },
};

/** Puts the style sheet, minified, in the place of the module that reads it: the pages hold it. */
const minifiedStyle: Plugin = {
  name: "minified-style",
  setup: ({ onLoad }) => {
    onLoad({ filter: /[/\\]src[/\\]page[/\\]style\.ts$/ }, async () => {
      const { outputFiles } = await build({
        entryPoints: [join(ROOT, "assets", "style.css")],
        minify: true,
        legalComments: "none",
        write: false,
      });
      const css = outputFiles.map(({ text }) => text.trim()).join("");
      return { contents: `export const STYLE = ${JSON.stringify(css)};` };
    });
  },
};

// A résumé that can't be shown fails here, not when the replicas start.
try {
  loadSite(ROOT);
} catch (error) {
  if (!(error instanceof ContentError)) {
    throw error;
  }
  console.error(error.message);
  process.exit(1);
}

/**
 * Bundles each program into one file below dist/, which starts faster and takes less memory than many modules.
 * They are ES modules; the libraries in them are CommonJS and get a `require` of their own for Node's modules.
 */
await build({
  absWorkingDir: ROOT,
  entryPoints: { server: "src/main.ts", messages: "src/messages.ts" },
  outdir: "dist",
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  // Names stay, for the log. keepNames would keep them for all code, with a call for each function that is made.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  plugins: [compiledSchema, minifiedStyle],
});
