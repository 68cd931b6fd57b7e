"""The style sheet of the diff page: for large and small screens, dark mode and print."""

STYLE = """
.summary { font-size: 1.15rem; max-width: 60rem; margin: 0 0 1.2rem }
.decide-in { margin: 0 0 1rem }
.decide-in a { font-weight: 600 }
.facts {
  display: grid; gap: .35rem 1.2rem; grid-template-columns: max-content 1fr; margin: 0 0 1.2rem; max-width: 60rem;
}
.facts dt { color: var(--quiet) }
.facts dd { margin: 0; overflow-wrap: anywhere }
.warning {
  background: var(--note); border-left: 4px solid var(--note-line); border-radius: 6px;
  padding: .7rem 1rem; margin: 0 0 1.2rem; max-width: 60rem;
}
.warning p { margin: 0; font-weight: 600 }
.warning.grave { background: var(--del); border-color: var(--del-line) }
.warning ul { margin: .3rem 0 0; padding-left: 1.2rem }
.unsourced { font-weight: 600; color: var(--del-text) }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: 0 0 1.4rem; padding: 0 }
.counts li {
  border: 1px solid var(--line); border-radius: 99px; padding: .15rem .8rem;
  font-size: .9rem; font-variant-numeric: tabular-nums;
}
.counts .added { background: var(--add); border-color: transparent; color: var(--add-text) }
.counts .form-changed, .counts .source-only { background: var(--note); border-color: transparent }
.counts .removed { background: var(--del); border-color: transparent; color: var(--del-text) }

.tabs {
  border: 0; border-bottom: 1px solid var(--line); display: flex; gap: .25rem; margin: 0 0 1rem; padding: 0;
  min-width: 0; position: sticky; top: 0; background: var(--ground); z-index: 2;
}
.tabs span { position: relative }
.tabs input { position: absolute; inset: 0; opacity: 0; margin: 0; width: 100%; height: 100%; cursor: pointer }
.tabs label {
  display: block; padding: .6rem .9rem .5rem; border-bottom: 3px solid transparent;
  color: var(--quiet); font-weight: 600; white-space: nowrap;
}
.tabs input:hover + label { color: var(--text) }
.tabs input:checked + label { border-color: var(--accent); color: var(--text) }
.tabs input:focus-visible + label { outline: 3px solid var(--accent); outline-offset: -3px; border-radius: 6px }
@supports selector(:has(a)) {
  .view { display: none }
  main:has(#show-side:checked) #side, main:has(#show-unified:checked) #unified,
  main:has(#show-page:checked) #page, main:has(#show-source:checked) #source,
  main:has(#show-since:checked) #since { display: block }
}

.changes { border: 1px solid var(--line); border-radius: 8px; background: var(--raised); margin: 0 0 1rem }
.changes summary { cursor: pointer; padding: .5rem .9rem; font-weight: 600 }
.changes ol { margin: 0; padding: 0 .9rem .7rem 2.6rem; max-height: 14rem; overflow: auto }
.changes li { margin: .15rem 0; font-variant-numeric: tabular-nums }
.changes a { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-decoration: none }
.changes a:hover { text-decoration: underline }

.sheet { border: 1px solid var(--line); border-radius: 8px; overflow: clip }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
thead th {
  background: var(--raised); border-bottom: 1px solid var(--line); color: var(--quiet);
  font-size: .8rem; font-weight: 600; padding: .35rem .8rem; text-align: left;
}
td { padding: 0 .8rem; vertical-align: top; overflow-wrap: anywhere }
th.jump, td.jump {
  width: 4.2rem; padding: .15rem .2rem; border-right: 1px solid var(--line); color: var(--quiet);
  font-size: .8rem; font-variant-numeric: tabular-nums; line-height: 1.2; text-align: center; white-space: nowrap;
}
td.jump a { display: inline-block; padding: .1rem .35rem; text-decoration: none }
.number { color: var(--text); font-weight: 700; padding: .1rem .3rem; scroll-margin-top: 5rem }
.number:target { background: var(--accent); color: var(--ground); border-radius: 4px }
.fold td {
  background: var(--raised); border-block: 1px solid var(--line); color: var(--quiet);
  font-size: .85rem; padding: .3rem .8rem; text-align: center;
}
.side td + td + td, .side th + th + th { border-left: 1px solid var(--line) }
.side .nothing { background: var(--raised) }
.side .changed > td:nth-child(2), .removed > td + td { background: var(--del) }
.side .changed > td:nth-child(3), .added > td + td { background: var(--add) }
.side .added > .nothing, .side .removed > .nothing { background: var(--raised) }
.unified .changed > td + td { box-shadow: inset 4px 0 var(--accent) }
.unified .added > td + td { box-shadow: inset 4px 0 var(--add-line) }
.unified .removed > td + td { box-shadow: inset 4px 0 var(--del-line) }
.unified.whole .added > td + td { background: none }
.unified .removed .passage { text-decoration: line-through; text-decoration-color: var(--del-line) }
.fold details { text-align: center }
.fold summary { cursor: pointer; display: inline-block }
.unfolded { color: var(--text); font-size: 1rem; padding: .4rem 0; text-align: left }
.source .unfolded { font: .84rem/1.55 var(--mono); white-space: pre-wrap }

.page { padding: .8rem clamp(.8rem, 3vw, 2rem) 1.2rem }
.page .fold { color: var(--quiet); font-size: .85rem; text-align: center }
.block { border-radius: 4px; margin-inline: -.5rem; padding-inline: .5rem; position: relative }
.block.changed { box-shadow: inset 4px 0 var(--accent) }
.block.added, tr.added > * { background: var(--add) }
.block.removed, tr.removed > * { background: var(--del) }
.block.removed .passage, .content .removed > * {
  text-decoration: line-through; text-decoration-color: var(--del-line);
}
.page.new .added, .page.new .added > * { background: none }
.page.new .here { display: none }
.here { float: left; font-size: .8rem; margin: .3rem .4rem 0 -.2rem }
.content .here { margin-top: 0 }
.here a { padding: 0 .3rem; text-decoration: none }
.page > .box, .page .box .box, .columns { margin-block: .6rem }
.page .box { background: var(--raised); border-radius: 4px; padding: .4rem .9rem }
.page .columns { display: grid; gap: 1rem; grid-auto-columns: minmax(0, 1fr); grid-auto-flow: column }
.page .box.column { background: none; border: 0; margin: 0; padding: 0 }
.scroll { margin-block: .6rem; overflow-x: auto }
.content { table-layout: auto; width: auto; min-width: min(100%, 24rem) }
.content th, .content td {
  background: none; border: 1px solid var(--line); color: inherit; font-size: 1rem; min-width: 4rem;
  padding: .35rem .7rem; text-align: left; vertical-align: top;
}
.content th, .content td { overflow-wrap: break-word }
.content th { background: var(--raised); font-weight: 600 }
.content .changed > :first-child { box-shadow: inset 4px 0 var(--accent) }

ins {
  background: var(--add-strong); color: inherit; border-radius: 3px; text-decoration: underline;
  text-decoration-color: var(--add-line); text-decoration-thickness: 2px; text-underline-offset: .18em;
}
del {
  background: var(--del-strong); color: inherit; border-radius: 3px; text-decoration: line-through;
  text-decoration-color: var(--del-line);
}
del + ins { margin-left: .15em }
.passage ins code, .passage del code, ins .chip, del .chip { background: none }
ins::before, ins::after, del::before, del::after {
  position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap;
}
ins::before { content: " [added: " }
del::before { content: " [removed: " }
ins::after, del::after { content: "] " }

.passage { padding: .3rem 0; position: relative }
.h1, .h2, .h3, .h4, .h5, .h6 { font-weight: 700; line-height: 1.3; padding-top: .6rem }
.h1 { font-size: 1.6rem }
.h2 { font-size: 1.35rem }
.h3 { font-size: 1.15rem }
.d1 { margin-left: 1.6rem }
.d2 { margin-left: 3.2rem }
.d3 { margin-left: 4.8rem }
.d4 { margin-left: 6.4rem }
.d5 { margin-left: 8rem }
.d6 { margin-left: 9.6rem }
.marker {
  display: inline-block; margin-left: -1.6rem; width: 1.6rem; padding-right: .5rem;
  color: var(--quiet); font-variant-numeric: tabular-nums; text-align: right;
}
.task-open .marker, .task-done .marker { margin-left: 0; text-align: left }
.box { border-left: 4px solid var(--line); margin-left: .2rem; padding-left: .8rem }
.box.info { border-color: #357de8 }
.box.note { border-color: #8270db }
.box.warning, .box.error { border-color: var(--del-line) }
.box.tip, .box.success { border-color: var(--add-line) }
.frame { color: var(--quiet); font-size: .8rem; font-weight: 600; letter-spacing: .02em }
.frame::before { content: "▸ " }
.passage.code { font: .875rem/1.5 var(--mono); padding: 0; white-space: pre-wrap }
.cells { display: flex }
.cell { flex: 1 1 0; border: 1px solid var(--line); margin: -.3rem 0 -.35rem -1px; min-width: 0; padding: .3rem .6rem }
.cell.head { font-weight: 600; background: var(--raised) }
.chip {
  border: 1px solid var(--line); border-radius: 5px; background: var(--raised); color: var(--text);
  font-size: .85em; padding: .05rem .4rem; -webkit-box-decoration-break: clone; box-decoration-break: clone;
}
.passage code { background: var(--veil); border-radius: 4px; font: .9em var(--mono); padding: .05em .3em }
.passage mark { background: none; border-bottom: 2px dotted var(--note-line); color: inherit }
.reference { border-bottom: 1px dashed var(--quiet) }
.unseen {
  background: var(--note); border: 1px solid var(--note-line); border-radius: 4px; color: var(--text);
  font: .78em var(--mono); padding: 0 .25em; text-decoration: none; white-space: nowrap;
}
.passage > .unseen { margin-left: .4em }
.mixed { text-decoration: underline wavy var(--note-line) }
.target, .form { font-size: .85em }
.form { font-style: italic; list-style: none; margin: 0; padding: .3rem 0 0 }
.form li::before { content: "◇ " }

.source td:last-child {
  font: .84rem/1.55 var(--mono); padding: .05rem .8rem .05rem 1.6rem; position: relative; white-space: pre-wrap;
}
.source .fold td { font: inherit; font-size: .85rem; padding: .3rem .8rem; white-space: normal }
.source td.jump { padding-block: .15rem }
.source code { font: inherit }
.source th:nth-child(2), .source th:nth-child(3), .line { text-align: right; width: 4.6rem }
.line { color: var(--quiet); font: .78rem/1.65 var(--mono); padding: .05rem .6rem; user-select: none }
.sign { position: absolute; left: .6rem; font-weight: 700; user-select: none }
.gap { color: var(--quiet); font-style: italic }
.all-same { color: var(--quiet); padding: 2rem; text-align: center }
.decide { border-top: 1px solid var(--line); margin-top: 2rem; max-width: 60rem; padding-top: 1rem }
.decide h2 { font-size: 1.2rem; margin: 0 }
.decide ul { margin: .5rem 0; padding-left: 1.2rem }
.skip { position: absolute; left: -999rem }
.skip:focus { left: 1rem; top: .5rem; background: var(--ground); padding: .5rem 1rem; z-index: 3 }

@media (max-width: 44rem) {
  .facts { grid-template-columns: 1fr; gap: 0 }
  .facts dd { margin: 0 0 .5rem }
  .tabs { flex-wrap: wrap; gap: 0 }
  .tabs label { font-size: .9rem; padding: .5rem .5rem .4rem }
  th.jump, td.jump { width: 2rem; padding-inline: 0 }
  td.jump a { display: none }
  td { padding: 0 .6rem }
  .side, .side tbody { display: block }
  .side thead { display: none }
  .side tr { display: grid; grid-template-columns: 2rem minmax(0, 1fr) }
  .side .fold { display: block }
  .side .fold td { display: block }
  .side td.jump { width: auto; grid-row: 1 / span 2 }
  .side tr:not(.fold) td + td { border: 0; grid-column: 2 }
  .side .same td:nth-child(2), .side .nothing { display: none }
  .source th:nth-child(2), .source td:nth-child(2), .source th:nth-child(3), .source .line { display: none }
  .cell { padding-inline: .35rem }
  .d1 { margin-left: 1.3rem }
  .d2 { margin-left: 2.3rem }
  .d3, .d4, .d5, .d6 { margin-left: 3.3rem }
  .marker { margin-left: -1.3rem; padding-right: .3rem; width: 1.3rem }
  .page .columns { grid-auto-flow: row }
}
@media print {
  :root {
    --ground: #fff; --raised: #f7f8f9; --line: #bbb; --text: #000; --quiet: #444; --add: #e6f6ec; --add-strong: #c2ebd2;
    --del: #fdeceb; --del-strong: #fbd2ce; --add-text: #000; --del-text: #000;
  }
  html { font-size: 11pt }
  body { max-width: none; padding: 0 }
  .tabs, .changes, .skip, td.jump a { display: none }
  .view { display: none !important }
  #unified { display: block !important }
  tr { break-inside: avoid }
  ins, del, td { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
@media (forced-colors: active) {
  ins { text-decoration: underline double }
}
"""
