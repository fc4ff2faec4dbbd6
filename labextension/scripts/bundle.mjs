/**
 * Bundles the chat for notebooks, twice.
 *
 * Beside the labextension in pieces, so that maths and colours load when first needed;
 * and as one file, which the kernel hands to pages whose server lacks the extension.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, context } from "esbuild";
import { COMMON, ROOT } from "./options.mjs";

const PACKAGE = join(ROOT, "..", "jupyter_chatcore");
const WIDGET = { ...COMMON, entryPoints: { widget: "src/widget.ts" } };
const IN_PIECES = {
  ...WIDGET,
  outdir: join(PACKAGE, "labextension", "static"),
  splitting: true,
  chunkNames: "widget-[name]-[hash]",
};
const IN_ONE = { ...WIDGET, outdir: join(PACKAGE, "static") };

/** The files that a file imports right away, itself first. */
function initial(outputs, name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const { path, kind } of outputs[name].imports) {
    if (kind === "import-statement") initial(outputs, path, seen);
  }
  return seen;
}

async function gzipped(names) {
  const contents = await Promise.all([...names].map((name) => readFile(join(ROOT, name))));
  return contents.reduce((sum, content) => sum + gzipSync(content).length, 0);
}

/** The licences of what is in the bundle, as they ask for. */
async function writeLicenses(folder, { metafile: { inputs } }) {
  const found = Object.keys(inputs).map((name) => name.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/));
  const names = [...new Set(found.flatMap((match) => (match ? [match[1]] : [])))].sort();
  const texts = names.map(async (name) => {
    const home = join(ROOT, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(home, "package.json"), "utf8"));
    const file = (await readdir(home)).find((one) => /^licen[cs]e/i.test(one));
    const text = file ? await readFile(join(home, file), "utf8") : "";
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  await writeFile(
    join(folder, "widget.licenses.txt"),
    (await Promise.all(texts)).join("\n---\n\n"),
  );
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

async function bundle(label, options) {
  const result = await build(options);
  await writeLicenses(options.outdir, result);
  const { outputs } = result.metafile;
  const entry = Object.keys(outputs).find((name) => name.endsWith("/widget.js"));
  const first = initial(outputs, entry);
  console.log(`${label}: ${kilobytes(await gzipped(first))} gzipped to begin with`);
  for (const name of Object.keys(outputs).filter((one) => !first.has(one))) {
    const size = `${kilobytes(await gzipped([name]))} gzipped when first needed`;
    console.log(`  ${name.split("/").at(-1)}: ${size}`);
  }
}

if (process.argv.includes("--watch")) {
  for (const options of [IN_PIECES, IN_ONE]) await (await context(options)).watch();
} else {
  await bundle("labextension", IN_PIECES);
  await bundle("single file", IN_ONE);
}
