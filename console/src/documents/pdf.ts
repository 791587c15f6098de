// PDF.js, set up so that it runs nothing of a document and asks nobody else for anything.
import { GlobalWorkerOptions, getDocument, type PDFDocumentLoadingTask } from "pdfjs-dist";
import workerAddress from "pdfjs-dist/build/pdf.worker.min.mjs?url";

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL: (address: string) => string }): { createScriptURL(address: string): string };
}

// The content security policy lets one named policy make a script's address: this one, for this one worker.
const trusted = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
const address =
  trusted
    ?.createPolicy("maru-worker", { createScriptURL: (asked) => (asked === workerAddress ? asked : "") })
    .createScriptURL(workerAddress) ?? workerAddress;
GlobalWorkerOptions.workerPort = new Worker(address, { type: "module" });

export function openPdf(data: ArrayBuffer): PDFDocumentLoadingTask {
  return getDocument({
    data,
    enableXfa: false,
    useWasm: false,
    cMapUrl: "/pdfjs/cmaps/",
    cMapPacked: true,
    standardFontDataUrl: "/pdfjs/standard_fonts/",
    iccUrl: "/pdfjs/iccs/",
    useSystemFonts: true,
    // A page that would need more than this many pixels of one image is drawn without it.
    maxImageSize: 50_000_000,
  });
}
