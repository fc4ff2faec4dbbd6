import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

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
  test: { include: ["tests/**/*.test.{ts,tsx}"], testTimeout: 10_000 },
});
