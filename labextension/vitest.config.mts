import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import standins from "./standins.json" with { type: "json" };

const places = Object.entries(standins).map(
  ([name, path]) => [name, fileURLToPath(new URL(path, import.meta.url))] as const,
);

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [
    {
      // the bundle imports its styles as text, so the tests do as well
      name: "css-as-text",
      enforce: "pre",
      load: (id) =>
        id.endsWith(".css") ? `export default ${JSON.stringify(readFileSync(id, "utf8"))}` : null,
    },
  ],
  // the same stand-ins as in the bundle, also inside of what is not ours
  resolve: { alias: Object.fromEntries(places) },
  test: {
    server: { deps: { inline: ["markdown-it"] } },
    include: ["tests/**/*.test.{ts,tsx}"],
    testTimeout: 10_000,
  },
});
