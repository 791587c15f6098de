// The widget's look, inside its shadow: the page's own styles do not reach it, nor it them.
export const STYLE = `
:host { all: initial; --ink: #22201b; --soft: #625c50; --panel: #fffefb; --line: #dfd9cc; --accent: #1d5c4b; --on: #fff; --sunken: #f1ede4; --bad: #a52a22; }
@media (prefers-color-scheme: dark) { :host { --ink: #ece8df; --soft: #b0a897; --panel: #1f1d19; --line: #3a362e; --accent: #7fc9b1; --on: #0e1f19; --sunken: #2b2822; --bad: #f3a49b; } }
* { box-sizing: border-box; font: 15px/1.55 "Pretendard", "Noto Sans KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic", system-ui, sans-serif; color: inherit; word-break: keep-all; overflow-wrap: anywhere; }
button { cursor: pointer; border: 0; background: none; padding: 6px 10px; border-radius: 8px; }
button:hover { background: var(--sunken); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.open { position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; display: grid; place-items: center; width: 56px; height: 56px; padding: 0; border-radius: 50%; background: var(--accent); color: var(--on); box-shadow: 0 6px 20px rgb(0 0 0 / 25%); }
.open:hover { background: var(--accent); filter: brightness(1.1); }
.panel { position: fixed; right: 20px; bottom: 88px; z-index: 2147483000; display: flex; flex-direction: column; width: min(390px, calc(100vw - 24px)); height: min(600px, calc(100dvh - 110px)); color: var(--ink); background: var(--panel); border: 1px solid var(--line); border-radius: 16px; box-shadow: 0 12px 40px rgb(0 0 0 / 22%); overflow: hidden; }
[hidden] { display: none !important; }
header { display: flex; align-items: center; gap: 4px; padding: 10px 8px 10px 16px; border-bottom: 1px solid var(--line); }
header h2 { flex: 1; margin: 0; font-weight: 650; font-size: 16px; }
.log { flex: 1; overflow: auto; padding: 14px 16px; display: grid; gap: 12px; align-content: start; }
.log p { margin: 0; white-space: pre-wrap; } .log p + p { margin-top: 8px; }
.asked { justify-self: end; max-width: 88%; padding: 8px 12px; border-radius: 12px 12px 3px 12px; background: var(--accent); color: var(--on); white-space: pre-wrap; }
.stage, .who { color: var(--soft); font-size: 13px; }
.bad { color: var(--bad); }
.marker { padding: 0 5px; font-size: 12px; line-height: 18px; border-radius: 6px; background: var(--sunken); color: var(--accent); }
.source { padding: 9px 12px; border-left: 3px solid var(--accent); border-radius: 4px; background: var(--sunken); font-size: 13px; }
.source * { font-size: 13px; } .source strong { display: block; font-weight: 600; }
code { font-family: ui-monospace, monospace; font-size: 13px; background: var(--sunken); border-radius: 4px; padding: 0 4px; }
strong { font-weight: 650; }
form { display: flex; gap: 8px; align-items: end; padding: 10px; border-top: 1px solid var(--line); }
textarea { flex: 1; min-height: 40px; max-height: 120px; resize: none; padding: 8px 10px; border: 1px solid var(--soft); border-radius: 10px; background: transparent; }
.send { background: var(--accent); color: var(--on); padding: 9px 14px; } .send:hover { background: var(--accent); filter: brightness(1.1); }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (width < 480px) { .panel { inset: 0; width: 100%; height: 100dvh; border: 0; border-radius: 0; } }
`;
