/** How esbuild takes the chat's sources, whatever they are bundled for. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import standins from "../standins.json" with { type: "json" };

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

export const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  alias: standins,
  minify: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [
    {
      name: "css-as-text",
      setup(bundler) {
        bundler.onLoad({ filter: /\.css$/ }, async ({ path }) => {
          const css = await readFile(path, "utf8");
          const { code } = await transform(css, { loader: "css", minify: true });
          return { contents: code, loader: "text" };
        });
      },
    },
  ],
  legalComments: "none",
  metafile: true,
  define: { "process.env.NODE_ENV": '"production"' },
};
