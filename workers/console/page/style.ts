/** The style of all pages; state is told by words first, by colour beside them. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf8; --ink: #1d1b19; --soft: #5a554f; --line: #d9d4cc; --panel: #f1eee9; --field: #ffffff;
  --link: #1d4f9c; --focus: #b3005e; --good: #1c6b3a; --warn: #8a5200; --bad: #a81d1d; --bar: #7a8fb0;
  --good-ground: #e2f2e6; --warn-ground: #fbeed5; --bad-ground: #fbe4e2; --button: #1d4f9c; --on-button: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #151719; --ink: #eceae6; --soft: #aca69d; --line: #33383d; --panel: #1e2226; --field: #101214;
    --link: #9cc3ff; --focus: #ff7ac0; --good: #7fd49b; --warn: #f3b75c; --bad: #ff9c94; --bar: #6f86ab;
    --good-ground: #173322; --warn-ground: #3a2b10; --bad-ground: #421d1b; --button: #9cc3ff; --on-button: #10131a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main, .top { max-width: 84rem; margin: 0 auto; padding: 0 clamp(0.75rem, 3vw, 2rem); }
main { padding-bottom: 4rem; }
main:focus { outline: none; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 0.5rem; top: 0.5rem; background: var(--field); padding: 0.5rem; z-index: 1; }
.top { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 1.5rem; padding-top: 0.75rem;
  padding-bottom: 0.75rem; border-bottom: 1px solid var(--line); }
.brand { font-weight: 700; color: var(--ink); text-decoration: none; }
.top nav { flex: 1 1 auto; }
.top ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.1rem; margin: 0; padding: 0; list-style: none; }
.top nav a { display: inline-block; padding: 0.25rem 0; text-decoration: none; }
.top nav a[aria-current] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -2px var(--link); }
.who { display: flex; align-items: center; gap: 0.75rem; color: var(--soft); }
h1 { margin: 1.5rem 0 0.5rem; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 0.5rem; font-size: 1.15rem; }
p { margin: 0.35rem 0; }
a { color: var(--link); }
.soft { color: var(--soft); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 2px; }
code, pre, textarea { font: 0.875rem/1.5 ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; }
code { overflow-wrap: anywhere; }
pre { margin: 0.5rem 0; padding: 0.75rem; background: var(--panel); border: 1px solid var(--line); border-radius: 4px;
  white-space: pre-wrap; overflow-wrap: anywhere; max-height: 28rem; overflow-y: auto; }
.scroll { overflow-x: auto; margin: 0.5rem 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: 0.25rem 0; }
th, td { padding: 0.4rem 1rem 0.4rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { font-weight: 600; color: var(--soft); font-size: 0.875rem; white-space: nowrap; }
tbody th { font-weight: 600; min-width: 9rem; } th .soft { font-weight: 400; }
.number { text-align: right; white-space: nowrap; }
.reason { min-width: 14rem; max-width: 34rem; overflow-wrap: anywhere; }
.nowrap { white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1.25rem; margin: 0.75rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.tag { display: inline-block; padding: 0 0.5rem; border-radius: 1rem; background: var(--panel); border: 1px solid var(--line);
  font-size: 0.875rem; white-space: nowrap; }
.good { color: var(--good); } .tag.good { background: var(--good-ground); border-color: transparent; }
.warn { color: var(--warn); } .tag.warn { background: var(--warn-ground); border-color: transparent; }
.bad { color: var(--bad); } .tag.bad { background: var(--bad-ground); border-color: transparent; }
.note { padding: 0.6rem 0.9rem; border-left: 4px solid var(--line); background: var(--panel); margin: 0.75rem 0; }
.note.warn { border-color: var(--warn); background: var(--warn-ground); color: var(--ink); }
.note.bad { border-color: var(--bad); background: var(--bad-ground); color: var(--ink); }
.note.good { border-color: var(--good); background: var(--good-ground); color: var(--ink); }
.trend { display: block; width: 9rem; height: 2rem; } .trend rect { fill: var(--bar); } .trend line { stroke: var(--line); }
form.panel, details.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 4px; padding: 0.9rem 1rem; margin: 0.75rem 0; }
details.panel > form.panel { border: 0; padding: 0; margin: 0.75rem 0 0; }
summary { cursor: pointer; font-weight: 600; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 0.75rem 1rem; align-items: end; }
.fields .wide { grid-column: 1 / -1; }
label, .label { display: block; font-size: 0.875rem; color: var(--soft); }
label.check { color: var(--ink); font-size: 1rem; display: flex; gap: 0.5rem; align-items: baseline; }
input, select, textarea { width: 100%; padding: 0.4rem 0.5rem; color: var(--ink); background: var(--field);
  border: 1px solid var(--soft); border-radius: 4px; font-size: 1rem; font-family: inherit; }
textarea { font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; font-size: 0.875rem; min-height: 14rem; resize: vertical; }
input[type="checkbox"] { width: auto; }
button, .button { display: inline-block; padding: 0.45rem 1rem; min-height: 2.5rem; border: 1px solid var(--button); border-radius: 4px;
  background: var(--button); color: var(--on-button); font: inherit; text-decoration: none; cursor: pointer; }
button.quiet, .button.quiet { background: transparent; color: var(--link); border-color: var(--line); }
button.danger { background: transparent; color: var(--bad); border-color: var(--bad); }
.row { display: flex; flex-wrap: wrap; gap: 0.6rem; align-items: center; margin: 0.75rem 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); gap: 0.5rem; margin: 1rem 0; }
.figures div { background: var(--panel); border: 1px solid var(--line); border-radius: 4px; padding: 0.5rem 0.75rem; }
.figures dt, .figures span { color: var(--soft); font-size: 0.875rem; display: block; }
.figures strong { font-size: 1.35rem; font-variant-numeric: tabular-nums; }
progress { width: 100%; height: 1.1rem; accent-color: var(--link); }
ol.history { list-style: none; padding: 0; margin: 0.5rem 0; border-left: 2px solid var(--line); }
ol.history li { padding: 0.25rem 0 0.25rem 1rem; overflow-wrap: anywhere; }
del { color: var(--bad); background: var(--bad-ground); } ins { color: var(--good); background: var(--good-ground); text-decoration: none; }
summary .given { font-weight: 400; color: var(--soft); overflow-wrap: anywhere; }
.masked { color: var(--soft); font-style: italic; }
@media (max-width: 40rem) {
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 0.5rem; }
  .top { gap: 0.25rem 1rem; }
}
`;
