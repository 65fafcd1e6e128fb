// Style of the page, for screens from phones to large ones, light, dark, and paper. No colour, size or behaviour is set
// in attributes: the policy of the page forbids it.
#include "scanner/report/html_parts.hpp"

namespace scanner::report::html {

std::string_view style() {
  static constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1b1f24;--dim:#5b6572;--line:#d9dee5;--soft:#eef1f5;
--accent:#0b62c4;--leak:#c0392b;--band:#c0392b26;--good:#17703a;--good-soft:#dff3e6;--warn:#8a5a00;--warn-soft:#fdf0d3;--grey-soft:#e8ebef}
@media (prefers-color-scheme:dark){:root{--page:#14171b;--card:#1d2127;--ink:#e6e9ed;--dim:#9aa5b1;--line:#353c45;--soft:#262b32;
--accent:#74b3ff;--leak:#ff7b6b;--band:#ff7b6b2e;--good:#7fdb9f;--good-soft:#173a26;--warn:#f3c566;--warn-soft:#40310f;--grey-soft:#30363e}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;
overflow-wrap:anywhere;-webkit-text-size-adjust:100%;text-size-adjust:100%}
main,header,footer{max-width:1280px;margin:0 auto;padding:0 20px}
header{padding-top:28px}
header p.tool{margin:0;color:var(--dim);font-size:13px;letter-spacing:.04em}
h1{margin:.1em 0 .15em;font-size:27px;line-height:1.25}
h1 .tag,h2 .tag{font-weight:inherit}
header p.lead{margin:.2em 0 18px;font-size:17px;color:var(--dim)}
.banner{background:var(--warn-soft);border:1px solid var(--warn);border-radius:10px;padding:12px 18px;margin:0 0 18px}
.banner p{margin:4px 0}
h2{font-size:19px;margin:0 0 10px}h3{font-size:15px;margin:18px 0 6px}
code,.mono{font-family:ui-monospace,SFMono-Regular,Consolas,"Liberation Mono",monospace;font-size:.92em}
.tag{font-family:ui-monospace,SFMono-Regular,Consolas,"Liberation Mono",monospace;font-weight:700;white-space:pre}td.tag{white-space:pre-wrap}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:18px 20px;margin:0 0 18px}
.figures{display:flex;flex-wrap:wrap;gap:8px 22px;margin:4px 0 0;padding:0}
.figures div{min-width:5.5em}.figures dt{color:var(--dim);font-size:12.5px}.figures dd{margin:0;font-size:17px;font-weight:600}
table{border-collapse:collapse;width:100%;table-layout:fixed}
th,td{text-align:left;padding:7px 12px 7px 0;vertical-align:top;border-top:1px solid var(--line);overflow-wrap:break-word}
thead th{border-top:0;color:var(--dim);font-weight:600;font-size:12px;line-height:1.4;vertical-align:bottom}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}@media print,(min-width:700px){td.number+td:not(.number),th.number+th:not(.number){padding-left:14px}}
.w8{width:8%}.w9{width:9%}.w11{width:11%}.w12{width:12%}.w13{width:13%}.w14{width:14%}.w15{width:15%}.w17{width:17%}.w22{width:22%}.w24{width:24%}.w25{width:25%}.w26{width:26%}.w27{width:27%}.w28{width:28%}.w30{width:30%}.w31{width:31%}.w32{width:32%}.w33{width:33%}.w35{width:35%}.w40{width:40%}
.folder{display:block;color:var(--dim);font-size:13px}
tr.more td{border-top:0;padding-top:0}
[data-row=copy] td+td{color:var(--dim)}
th button{all:unset;cursor:pointer;border-radius:3px}th button::after{content:" \2195";opacity:.45}
th[aria-sort=ascending] button::after{content:" \2191";opacity:1}th[aria-sort=descending] button::after{content:" \2193";opacity:1}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
a{color:var(--accent)}
details>summary{cursor:pointer;color:var(--accent);border-radius:3px;width:fit-content;max-width:100%}
details[open]>summary{margin-bottom:6px}
summary .tag{margin-right:.6em;color:var(--ink);display:inline-block}
details.fold{margin-top:12px}details.fold>summary{font-weight:600}
.verdict{display:inline-block;border-radius:999px;padding:0 7px;font-size:12px;line-height:1.7;font-weight:600;background:var(--grey-soft);color:var(--dim)}
.proven{background:var(--good-soft);color:var(--good)}.likely{background:var(--warn-soft);color:var(--warn)}
.box{background:var(--soft);border-radius:8px;padding:10px 14px;margin:6px 0 10px}
.box h3:first-child{margin-top:2px}
ol.chain{margin:4px 0 10px;padding-left:26px}ol.chain li{padding:1px 0}
dl.identity{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:4px 0 10px}
dl.identity dt{color:var(--dim)}dl.identity dd{margin:0;min-width:0;overflow-wrap:anywhere}
ul.plain,ol.steps{margin:4px 0;padding-left:22px}ol.steps li{margin:7px 0}
.command{display:flex;align-items:flex-start;gap:8px;margin-top:3px}
.command button{flex:none}
.command code{background:var(--soft);border-radius:5px;padding:3px 9px;user-select:all;white-space:pre-wrap}
.tools button,.tools input,.pager button,.pager select,.command button{font:inherit;font-size:13.5px;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:3px 10px}
.tools button,.pager button,.pager select,.command button{cursor:pointer}
button:disabled{opacity:.45;cursor:default}
.tools,.pager{display:flex;gap:10px;align-items:center;margin:0 0 10px;flex-wrap:wrap}
.tools input{width:17em;max-width:100%}
.pager{margin:12px 0 0}.pager.single button,.pager.single select{display:none}
.dim{color:var(--dim)}
nav.contents{margin:0 0 4px}nav.contents a{margin-right:1.2em;white-space:nowrap}
.plot{display:flex;margin:10px 0 8px}svg.scale{flex:none;width:72px;height:256px}svg.chart{display:block;flex:1;min-width:0;height:256px;overflow:visible}
svg .grid{stroke:var(--line)}svg text{fill:var(--dim);font-size:12px;font-family:inherit}
svg .series{fill:none;stroke:var(--leak);stroke-width:2;stroke-linejoin:round;vector-effect:non-scaling-stroke}svg .band{fill:var(--band)}
svg .point{fill:var(--card);stroke:var(--leak);stroke-width:1.75}svg .trend{stroke:var(--dim);stroke-dasharray:5 4;fill:none}
svg .boot{stroke:var(--accent);stroke-dasharray:2 3}
svg.spark{display:block;width:100%;max-width:110px;height:24px}svg.spark .series{stroke-width:1.5}#growth .series{stroke:var(--dim)}
footer{color:var(--dim);font-size:13px;padding-bottom:30px}
.no-script .needs-script,html:not(.no-script) .needs-no-script,.print-only{display:none}
.no-script th button::after{content:""}.no-script th button{cursor:auto}
@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#000;--dim:#444;--line:#bbb;--soft:#f4f4f4;--leak:#b02a1e;--accent:#000;--good:#17703a;--good-soft:#eef7f0;--warn:#6b4600;--warn-soft:#f8f1df}
body{font-size:11.5px}main,header,footer{max-width:none;padding:0}section{border:0;border-top:1px solid var(--line);border-radius:0;padding:10px 0;margin:0}
.tools,.pager,.command button{display:none}.print-only{display:block}
tr,.figures,svg{break-inside:avoid}h2,h3{break-after:avoid}th button::after{content:""}}
@media screen and (max-width:699.98px){main,header,footer{padding-left:12px;padding-right:12px}section{padding:14px}
h1{font-size:22px}header p.lead{font-size:16px}
table,tbody,tr,td,thead,th{display:block;width:auto}colgroup{display:none}
thead tr{display:flex;flex-wrap:wrap;gap:2px 14px}thead th,thead th.number{padding:2px 0;font-size:13px;text-align:left}thead th:empty,table:not(.sortable) thead{display:none}
tbody{border-top:1px solid var(--line);padding:8px 0}tbody[hidden]{display:none}
td,tr.more td,td.number{border:0;padding:1px 0;text-align:left}
td[data-label]{position:relative;padding-left:126px;min-height:1.6em}td[data-label]::before{content:attr(data-label);position:absolute;left:0;top:1px;color:var(--dim);font:13px/1.7 system-ui,sans-serif;white-space:nowrap}
td[data-label]:empty{display:none}
td.path[data-label],[data-row=copy] td[data-label]{padding-left:0}td.path[data-label]::before,[data-row=copy] td[data-label]::before{content:none}
.wide{display:none}
dl.identity{grid-template-columns:1fr}dl.identity dt{margin-top:4px}.box{padding:8px 10px}
ul.plain,ol.steps{padding-left:18px}.tools input{width:100%}}
)css";
  return kStyle;
}

}  // namespace scanner::report::html
