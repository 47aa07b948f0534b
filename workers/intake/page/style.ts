/** The style of all of intake's pages. A seat's state is told by shape and by colour: hollow, half, full. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf8; --ink: #1d1b19; --soft: #5f5a54; --line: #d9d4cc; --panel: #f1eee9;
  --free: #a59d92; --held: #c77700; --sold: #2457a6; --focus: #b3005e; --link: #2457a6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #151719; --ink: #eceae6; --soft: #a7a29a; --line: #33383d; --panel: #1f2327;
    --free: #6c7278; --held: #f0a63a; --sold: #78aefc; --focus: #ff7ac0; --link: #9cc3ff;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem clamp(0.75rem, 3vw, 2.5rem) 3rem; max-width: 90rem;
  background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 0.25rem; font-size: 1.6rem; line-height: 1.2; }
p { margin: 0.25rem 0; }
a { color: var(--link); }
.soft { color: var(--soft); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.legend { display: flex; flex-wrap: wrap; gap: 0.5rem 2rem; margin: 1rem 0 0.5rem; padding: 0; list-style: none; }
.legend li { display: flex; align-items: center; gap: 0.5rem; }
.legend strong { font-variant-numeric: tabular-nums; }
.swatch { width: 1rem; height: 1rem; border: 2px solid var(--free); border-radius: 3px; }
.swatch.held { border-color: var(--held); background: linear-gradient(to top, var(--held) 50%, transparent 50%); }
.swatch.sold { border-color: var(--sold); background: var(--sold); }
.stage { margin: 1rem auto 0; width: 50%; min-width: 10rem; text-align: center; background: var(--panel);
  border: 1px solid var(--line); border-radius: 0.25rem 0.25rem 2rem 2rem; color: var(--soft); }
.map { display: block; width: 100%; margin-top: 0.5rem; cursor: crosshair; touch-action: manipulation; }
.readout { display: block; min-height: 1.5rem; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.2rem 1rem 0.2rem 0; text-align: left; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; }
details { margin-top: 1rem; }
summary { cursor: pointer; }
.concerts { padding: 0; list-style: none; }
.concerts li { padding: 0.75rem 0; border-bottom: 1px solid var(--line); }
`;
