// A TeX formula as MathML, which browsers draw and screen readers read by themselves.
import katex from "katex";
import { useLayoutEffect, useRef } from "react";

export default function Formula({ tex, display }: { tex: string; display: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    // KaTeX builds elements one by one; `trust: false` refuses links, images and raw HTML inside of formulas.
    if (place.current)
      katex.render(tex, place.current, {
        displayMode: display,
        output: "mathml",
        throwOnError: false,
        trust: false,
        maxExpand: 200,
        maxSize: 20,
        strict: "ignore",
      });
  }, [tex, display]);
  return <span ref={place} className={display ? "formula display" : "formula"} />;
}
