/** The looks of pages that Sluice writes: light or dark as the reader likes, with the colours of its charts. */
export const pageStyle = `:root{color-scheme:light dark;--ink:#222;--soft:#667;--line:#8885;--canary:#d9730d;--stable:#2f6fde;--band:#d9730d33;--fail:#c22f2f;--pass:#2e8b57;--none:#999}
@media (prefers-color-scheme:dark){:root{--ink:#e8e8ea;--soft:#9aa;--canary:#ffa14d;--stable:#7aa7ff;--band:#ffa14d33;--fail:#ff7a7a;--pass:#6fcf97;--none:#888}}
body{font:15px/1.45 system-ui,sans-serif;color:var(--ink);max-width:60rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.3rem}h2{font-size:1.1rem;margin-top:2rem}h3{font-size:1rem;margin:1.2rem 0 .2rem}
p{margin:.3rem 0}.s{color:var(--soft)}.fail,.rolled-back{color:var(--fail)}.pass,.promoted,.passed{color:var(--pass)}svg{width:100%;height:auto}svg text{font:11px system-ui,sans-serif;fill:var(--soft)}
.g{stroke:var(--line)}.c{stroke:var(--canary);fill:none;stroke-width:2}.t{stroke:var(--stable);fill:none;stroke-width:2}.b{fill:var(--band)}.end{stroke:var(--fail);stroke-dasharray:4 3}
.m-fail{fill:var(--fail)}.m-pass{fill:var(--pass)}.m-no-data,.m-error{fill:none;stroke:var(--none)}.kc{color:var(--canary)}.kt{color:var(--stable)}`;
