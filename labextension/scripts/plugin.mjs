/**
 * Bundles the JupyterLab plug-in for `jupyter-builder`, which makes a remote of it.
 *
 * One bundler takes the chat's sources for the notebook and for JupyterLab, so both have
 * the same styles and stand-ins. What JupyterLab brings along stays an import; the chat
 * itself is a piece of its own, which loads when the first one is shown.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { build, context } from "esbuild";
import { COMMON, ROOT } from "./options.mjs";

const OUT = join(ROOT, "lib");
const OPTIONS = {
  ...COMMON,
  entryPoints: { index: "src/index.ts" },
  external: ["@jupyterlab/*", "@lumino/*"],
  // a second bundler makes it small
  minify: false,
  outdir: OUT,
  splitting: true,
};

await rm(OUT, { recursive: true, force: true });
if (process.argv.includes("--watch")) await (await context(OPTIONS)).watch();
else await build(OPTIONS);
