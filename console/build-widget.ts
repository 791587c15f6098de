// The widget, built as one classic script beside the console: pages of other origins load it without CORS.
import { resolve } from "node:path";
import { build, type Plugin } from "vite";

export function widgetScript(): Plugin {
  return {
    name: "maru-widget",
    apply: "build",
    async generateBundle() {
      const built = await build({
        configFile: false,
        logLevel: "warn",
        build: {
          write: false,
          target: "es2023",
          lib: { entry: resolve("src/widget/widget.ts"), formats: ["iife"], name: "MaruWidget", fileName: () => "widget.js" },
        },
      });
      const [made] = Array.isArray(built) ? built : [built];
      const script = made && "output" in made ? made.output[0] : undefined;
      if (!script) this.error("the widget was not built");
      else this.emitFile({ type: "asset", fileName: "widget.js", source: script.code });
    },
  };
}
