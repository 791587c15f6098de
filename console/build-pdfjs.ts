// What PDF.js fetches while it draws: character maps for fonts that a document names and does not hold (Korean ones above all).
import { cpSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";

const PARTS = ["cmaps", "standard_fonts", "iccs"];

export function pdfjsParts(): Plugin {
  let out = "";
  return {
    name: "maru-pdfjs-parts",
    apply: "build",
    configResolved(config) {
      out = resolve(config.root, config.build.outDir);
    },
    closeBundle() {
      for (const part of PARTS) cpSync(resolve("node_modules/pdfjs-dist", part), resolve(out, "pdfjs", part), { recursive: true });
    },
  };
}
