"""How the diff page looks: on a desk, on a phone, in the dark, on paper."""

STYLE = """
.summary{font-size:1.15rem;max-width:60rem;margin:0 0 1.2rem}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.35rem 1.2rem;margin:0 0 1.2rem;max-width:60rem}
.facts dt{color:var(--quiet)}
.facts dd{margin:0;overflow-wrap:anywhere}
.warning{background:var(--note);border-left:4px solid var(--note-line);border-radius:6px;padding:.7rem 1rem;margin:0 0 1.2rem;max-width:60rem}
.warning p{margin:0;font-weight:600}.warning ul{margin:.3rem 0 0;padding-left:1.2rem}
.counts{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;margin:0 0 1.4rem;padding:0}
.counts li{border:1px solid var(--line);border-radius:99px;padding:.15rem .8rem;font-size:.9rem;font-variant-numeric:tabular-nums}
.counts .added{background:var(--add);border-color:transparent;color:var(--add-text)}
.counts .removed{background:var(--del);border-color:transparent;color:var(--del-text)}
.tabs{border:0;border-bottom:1px solid var(--line);display:flex;flex-wrap:wrap;gap:.25rem;margin:0 0 1rem;padding:0;
position:sticky;top:0;background:var(--ground);z-index:2}
.tabs span{position:relative}
.tabs input{position:absolute;inset:0;opacity:0;margin:0;width:100%;height:100%;cursor:pointer}
.tabs label{display:block;padding:.6rem .9rem .5rem;border-bottom:3px solid transparent;color:var(--quiet);font-weight:600;white-space:nowrap}
.tabs input:hover+label{color:var(--text)}
.tabs input:checked+label{border-color:var(--accent);color:var(--text)}
.tabs input:focus-visible+label{outline:3px solid var(--accent);outline-offset:-3px;border-radius:6px}
@supports selector(:has(a)){
.view{display:none}
main:has(#show-side:checked) #side,main:has(#show-unified:checked) #unified,main:has(#show-source:checked) #source,
main:has(#show-since:checked) #since{display:block}
}
.changes{border:1px solid var(--line);border-radius:8px;background:var(--raised);margin:0 0 1rem}
.changes summary{cursor:pointer;padding:.5rem .9rem;font-weight:600}
.changes ol{margin:0;padding:0 .9rem .7rem 2.6rem;max-height:14rem;overflow:auto}
.changes li{margin:.15rem 0;font-variant-numeric:tabular-nums}
.changes a{display:block;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;text-decoration:none}
.changes a:hover{text-decoration:underline}
table{border-collapse:collapse;width:100%;table-layout:fixed}
.view>.sheet{border:1px solid var(--line);border-radius:8px;overflow:clip}
thead th{background:var(--raised);border-bottom:1px solid var(--line);color:var(--quiet);font-size:.8rem;font-weight:600;padding:.35rem .8rem;text-align:left}
th.jump,td.jump{width:3rem;padding:.3rem .2rem;text-align:center;vertical-align:top;font-size:.8rem;color:var(--quiet);
font-variant-numeric:tabular-nums;border-right:1px solid var(--line);line-height:1.3}
td.jump .number{display:block;font-weight:700;color:var(--text);scroll-margin-top:4rem}
td.jump a{display:inline-block;padding:.1rem .25rem;text-decoration:none}
td.jump .number:target{background:var(--accent);color:var(--ground);border-radius:4px}
td{padding:0 .8rem;vertical-align:top;overflow-wrap:anywhere}
.side td+td+td,.side th+th+th{border-left:1px solid var(--line)}
.changed>td+td:nth-child(2),.side .removed>td:nth-child(2),.unified .removed>td+td,.source .removed>td+td{background:var(--del)}
.changed>td:nth-child(3),.side .added>td:nth-child(3),.unified .added>td+td,.source .added>td+td{background:var(--add)}
.unified .changed>td:nth-child(2){background:none;box-shadow:inset 4px 0 var(--accent)}
.unified .added>td+td{box-shadow:inset 4px 0 var(--add-line)}
.unified .removed>td+td{box-shadow:inset 4px 0 var(--del-line)}
.unified .removed .passage{text-decoration:line-through;text-decoration-color:var(--del-line)}
.nothing{background:var(--raised)}
ins{background:var(--add-strong);color:inherit;text-decoration:underline;text-decoration-color:var(--add-line);text-decoration-thickness:2px;
text-underline-offset:.18em;border-radius:3px}
del{background:var(--del-strong);color:inherit;text-decoration:line-through;text-decoration-color:var(--del-line);border-radius:3px}
ins::before,ins::after,del::before,del::after{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden;white-space:nowrap}
ins::before{content:" [added: "}del::before{content:" [removed: "}ins::after,del::after{content:"] "}
.fold td{background:var(--raised);border-block:1px solid var(--line);color:var(--quiet);font-size:.85rem;padding:.3rem .8rem;text-align:center}
.passage{padding:.3rem 0;position:relative}
.h1{font-size:1.6rem;font-weight:700;line-height:1.25;padding-top:.8rem}.h2{font-size:1.35rem;font-weight:700;line-height:1.3;padding-top:.7rem}
.h3{font-size:1.15rem;font-weight:700;padding-top:.5rem}.h4,.h5,.h6{font-weight:700;padding-top:.4rem}
.d1{margin-left:1.6rem}.d2{margin-left:3.2rem}.d3{margin-left:4.8rem}.d4{margin-left:6.4rem}.d5{margin-left:8rem}.d6{margin-left:9.6rem}
.marker{display:inline-block;margin-left:-1.6rem;width:1.6rem;padding-right:.5rem;text-align:right;color:var(--quiet);font-variant-numeric:tabular-nums}
.task-open .marker,.task-done .marker{margin-left:0;text-align:left}
.frame{border-left:4px solid var(--line);margin-left:.2rem;padding-left:.8rem}
.frame.info{border-color:#357de8}.frame.note{border-color:#8270db}.frame.warning,.frame.error{border-color:var(--del-line)}
.frame.tip,.frame.success{border-color:var(--add-line)}
.passage.frame{border:0;margin:0;padding:.3rem 0;color:var(--quiet);font-size:.8rem;font-weight:600;letter-spacing:.02em}
.passage.frame::before{content:"▸ "}
.passage.code{font:.875rem/1.5 var(--mono);white-space:pre-wrap;padding:0}
.frame.code:not(.passage){background:color-mix(in srgb,var(--raised) 70%,transparent)}
.cells{display:flex}
.cell{flex:1 1 0;border:1px solid var(--line);margin:-.3rem 0 -.3rem -1px;padding:.3rem .6rem;min-width:0}
.cell.head{font-weight:600;background:color-mix(in srgb,var(--raised) 70%,transparent)}
.chip{border:1px solid var(--line);border-radius:5px;background:var(--raised);color:var(--text);font-size:.85em;padding:.05rem .4rem;
-webkit-box-decoration-break:clone;box-decoration-break:clone}
.passage code{font:.9em var(--mono);background:color-mix(in srgb,var(--line) 55%,transparent);border-radius:4px;padding:.05em .3em}
.passage mark{background:none;color:inherit;border-bottom:2px dotted var(--note-line)}
.reference{border-bottom:1px dashed var(--quiet)}
.target,.form{color:var(--quiet);font-size:.85em}
.form{display:block;font-style:italic;padding-top:.3rem}
.source td.code{font:.84rem/1.55 var(--mono);white-space:pre-wrap;padding:.05rem .8rem .05rem 1.6rem;position:relative}
.source code{font:inherit}
.source th:nth-child(2),.source th:nth-child(3),.line{width:4.2rem;text-align:right}
.line{color:var(--quiet);font:.78rem/1.65 var(--mono);padding:.05rem .6rem;user-select:none}
.sign{position:absolute;left:.6rem;font-weight:700;user-select:none}
.gap{color:var(--quiet);font-style:italic}
.same-all{padding:2rem;text-align:center;color:var(--quiet)}
.decide{border-top:1px solid var(--line);margin-top:2rem;padding-top:1rem;max-width:60rem}
.decide code{font:600 .95em var(--mono)}
.skip{position:absolute;left:-999rem}.skip:focus{left:1rem;top:.5rem;background:var(--ground);padding:.5rem 1rem;z-index:3}
@media (max-width:44rem){
.facts{grid-template-columns:1fr;gap:0}.facts dd{margin:0 0 .5rem}
.tabs{overflow-x:auto;flex-wrap:nowrap}.tabs label{padding:.55rem .6rem .45rem;font-size:.92rem}
th.jump,td.jump{width:2.2rem}td{padding:0 .5rem}
.side thead th+th{display:none}
.side tr{display:grid;grid-template-columns:2.2rem 1fr}
.side .fold{display:table-row}
.side thead tr{display:none}
.side td.jump{width:auto;grid-row:1/3}
.side td+td{grid-column:2;border:0}
.side .same td:nth-child(2),.side td.nothing{display:none}
.source th:nth-child(2),.source td:nth-child(2),.source th:nth-child(3),.source td:nth-child(3):not(.code){display:none}
.d1{margin-left:1.2rem}.d2{margin-left:2.2rem}.d3,.d4,.d5,.d6{margin-left:3.2rem}
.marker{margin-left:-1.3rem;width:1.3rem;padding-right:.3rem}
}
@media print{
:root{--ground:#fff;--raised:#f7f8f9;--line:#bbb;--text:#000;--quiet:#444;--add:#e6f6ec;--add-strong:#c2ebd2;--del:#fdeceb;--del-strong:#fbd2ce;
--add-text:#000;--del-text:#000}
html{font-size:11pt}body{padding:0;max-width:none}
.tabs,.changes,.skip,td.jump a{display:none}
.view{display:none!important}#unified{display:block!important}
tr{break-inside:avoid}ins,del,.added td,.removed td{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media (forced-colors:active){ins{text-decoration:underline double}del{text-decoration:line-through}}
"""
