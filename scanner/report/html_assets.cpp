// Style and script of the page. No colour, size or behaviour is set in attributes: the policy of the page forbids it.
#include <algorithm>

#include "scanner/report/html_parts.hpp"

namespace scanner::report::html {

std::string_view style() {
  static constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1b1f24;--dim:#5b6572;--line:#d9dee5;--soft:#eef1f5;
--accent:#0b62c4;--leak:#c0392b;--band:#c0392b26;--good:#17703a;--good-soft:#dff3e6;--warn:#8a5a00;--warn-soft:#fdf0d3;--grey-soft:#e8ebef}
@media (prefers-color-scheme:dark){:root{--page:#14171b;--card:#1d2127;--ink:#e6e9ed;--dim:#9aa5b1;--line:#353c45;--soft:#262b32;
--accent:#74b3ff;--leak:#ff7b6b;--band:#ff7b6b2e;--good:#7fdb9f;--good-soft:#173a26;--warn:#f3c566;--warn-soft:#40310f;--grey-soft:#30363e}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main,header,footer{max-width:1120px;margin:0 auto;padding:0 20px}
header{padding-top:28px}
header p.tool{margin:0;color:var(--dim);font-size:13px;letter-spacing:.04em}
h1{margin:.1em 0 .15em;font-size:27px;line-height:1.25}
header p.lead{margin:.2em 0 18px;font-size:17px;color:var(--dim)}
h2{font-size:19px;margin:0 0 10px}h3{font-size:15px;margin:18px 0 6px}
code,.mono{font-family:ui-monospace,SFMono-Regular,Consolas,"Liberation Mono",monospace;font-size:.92em}
code{overflow-wrap:anywhere}
.tag{font-family:ui-monospace,SFMono-Regular,Consolas,"Liberation Mono",monospace;font-weight:700;white-space:pre}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:18px 20px;margin:0 0 18px}
.figures{display:flex;flex-wrap:wrap;gap:8px 22px;margin:4px 0 14px;padding:0}
.figures div{min-width:5.5em}.figures dt{color:var(--dim);font-size:12.5px}.figures dd{margin:0;font-size:17px;font-weight:600}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:7px 10px 7px 0;vertical-align:top;border-top:1px solid var(--line)}
thead th{border-top:0;color:var(--dim);font-weight:600;font-size:13px;white-space:nowrap}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.path{overflow-wrap:anywhere}
tr.more td{border-top:0;padding-top:0}
th button{all:unset;cursor:pointer;border-radius:3px}th button::after{content:" \2195";opacity:.45}
th[aria-sort=ascending] button::after{content:" \2191";opacity:1}th[aria-sort=descending] button::after{content:" \2193";opacity:1}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
details>summary{cursor:pointer;color:var(--accent);border-radius:3px}
details[open]>summary{margin-bottom:6px}
.verdict{display:inline-block;border-radius:999px;padding:0 9px;font-size:13px;font-weight:600;background:var(--grey-soft);color:var(--dim)}
.proven{background:var(--good-soft);color:var(--good)}.likely{background:var(--warn-soft);color:var(--warn)}
.box{background:var(--soft);border-radius:8px;padding:10px 14px;margin:6px 0 10px}
.box h3:first-child{margin-top:2px}
ol.chain{margin:4px 0 10px;padding-left:26px}ol.chain li{padding:1px 0}
dl.identity{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:4px 0 10px}
dl.identity dt{color:var(--dim)}dl.identity dd{margin:0;overflow-wrap:anywhere}
ul.plain,ol.steps{margin:4px 0;padding-left:22px}ol.steps li{margin:5px 0}
ol.steps code{display:block;width:fit-content;max-width:100%;background:var(--soft);border-radius:5px;padding:2px 8px;margin-top:2px;user-select:all}
svg.chart{display:block;width:100%;height:auto;margin:2px 0 8px}
svg .grid{stroke:var(--line)}svg text{fill:var(--dim);font-size:12px;font-family:inherit}
svg .series{fill:none;stroke:var(--leak);stroke-width:2;stroke-linejoin:round}svg .band{fill:var(--band)}
svg .point{fill:var(--card);stroke:var(--leak);stroke-width:1.75}svg .trend{stroke:var(--dim);stroke-dasharray:5 4;fill:none}
svg .boot{stroke:var(--accent);stroke-dasharray:2 3}
svg.spark{width:110px;height:24px;vertical-align:middle}svg.spark .series{stroke-width:1.5}#growth .series{stroke:var(--dim)}
.tools{display:flex;gap:10px;align-items:center;margin:0 0 10px;flex-wrap:wrap}
.tools button,.tools input{font:inherit;font-size:13.5px;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:3px 10px}
.tools button{cursor:pointer}.dim{color:var(--dim)}
.scroll{overflow-x:auto}
footer{color:var(--dim);font-size:13px;padding-bottom:30px;overflow-wrap:anywhere}
.no-script .needs-script{display:none}
@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#000;--dim:#444;--line:#bbb;--soft:#f4f4f4;--leak:#b02a1e;--accent:#000;--good:#17703a;--good-soft:#eef7f0;--warn:#6b4600;--warn-soft:#f8f1df}
body{font-size:11.5px}main,header,footer{max-width:none;padding:0}section{border:0;border-top:1px solid var(--line);border-radius:0;padding:10px 0;margin:0}.tools{display:none}
tr,.figures,svg{break-inside:avoid}h2,h3{break-after:avoid}th button::after{content:""}}
@media (max-width:640px){dl.identity{grid-template-columns:1fr}dl.identity dt{margin-top:4px}}
)css";
  return kStyle;
}

std::string_view script() {
  static constexpr std::string_view kScript = R"js(
'use strict';
document.documentElement.classList.remove('no-script');
for (const table of document.querySelectorAll('table.sortable')) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = head.querySelector('button');
    if (!button) return;
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending' ||
          (head.getAttribute('aria-sort') === null && head.classList.contains('number'));
      const key = body => {
        const cell = body.rows[0].cells[column];
        if (!cell) return null;  // "same file as": has no such column, stays at the end
        return cell.dataset.sort === undefined ? cell.textContent.trim() : Number(cell.dataset.sort);
      };
      const bodies = [...table.tBodies].map((body, order) => ({body, order, key: key(body)}));
      bodies.sort((a, b) => {
        if (a.key === null || b.key === null) return (a.key === null) - (b.key === null) || a.order - b.order;
        const less = typeof a.key === 'number' && typeof b.key === 'number' ? a.key - b.key
            : String(a.key).localeCompare(String(b.key));
        return (down ? -less : less) || a.order - b.order;
      });
      for (const {body} of bodies) table.append(body);
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    });
  });
}
for (const input of document.querySelectorAll('input[data-filter]')) {
  const table = document.getElementById(input.dataset.filter);
  input.addEventListener('input', () => {
    const wanted = input.value.toLowerCase();
    for (const body of table.tBodies) body.hidden = !body.textContent.toLowerCase().includes(wanted);
  });
}
const unfold = open => { for (const part of document.querySelectorAll('details')) part.open = open; };
for (const button of document.querySelectorAll('button[data-unfold]')) {
  button.addEventListener('click', () => {
    const open = button.getAttribute('aria-pressed') !== 'true';
    unfold(open);
    button.setAttribute('aria-pressed', String(open));
    button.textContent = open ? 'Fold everything' : 'Unfold everything';
  });
}
let closed = [];
addEventListener('beforeprint', () => {
  closed = [...document.querySelectorAll('details:not([open])')];
  unfold(true);
});
addEventListener('afterprint', () => { for (const part of closed) part.open = false; });
)js";
  return kScript;
}

}  // namespace scanner::report::html
