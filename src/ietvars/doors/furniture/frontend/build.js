// Builds the one style sheet, the script of every page and that of flow pages, the fonts and the mark into
// ../static/ietvars.
// It writes nothing else and reads nothing but this folder and node_modules.
import { copyFile, mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const out = fileURLToPath(new URL("../static/ietvars/", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: { ietvars: "main.css" },
  outdir: out,
  bundle: true,
  minify: true,
  legalComments: "none",
  loader: { ".woff2": "file" },
  assetNames: "fonts/[name]",
  target: ["chrome120", "firefox121", "safari17"],
  logLevel: "warning",
});
await build({
  absWorkingDir: here,
  entryPoints: { ietvars: "main.js", flow: "flow.js" },
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  legalComments: "none",
  target: ["chrome120", "firefox121", "safari17"],
  logLevel: "warning",
});
await copyFile(`${here}mark.svg`, `${out}mark.svg`);
