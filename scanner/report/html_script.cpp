// The page's script: sorting, filtering, unfolding, copying, and the rows of large tables (html_data.cpp). Texts of
// files become text nodes only, never markup; no attribute carries behaviour, the policy of the page forbids it.
#include "scanner/report/html_parts.hpp"

namespace scanner::report::html {

std::string_view script() {
  static constexpr std::string_view kScript = R"js(
'use strict';
document.documentElement.classList.remove('no-script');
const all = (selector, below = document) => [...below.querySelectorAll(selector)];
const make = (name, classes, ...children) => {
  const element = document.createElement(name);
  if (classes) element.className = classes;
  element.append(...children);
  return element;
};
const commas = number => number.toLocaleString('en-US');
// Long words break after their separators, as in html_parts.cpp.
const breakable = text => {
  const out = document.createDocumentFragment();
  let run = '';
  for (const word of text.split(/( )/)) {
    const parts = word.length > 16 ? word.split(/(?<=[/\\._+])(?![/\\._+])(?=.{5})/) : [word];
    parts.forEach((part, i) => {
      if (i) { out.append(run, make('wbr')); run = ''; }
      run += part;
    });
  }
  out.append(run);
  return out;
};

// --- sorting and filtering, the same for tables in the page and tables in data
const compare = (a, b, down) => {
  if (a === null || b === null) return (a === null) - (b === null);  // "same file as": has no such column, stays last
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  return down ? -order : order;
};
const sortable = (table, sort) => {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = head.querySelector('button');
    if (!button) return;
    button.addEventListener('click', () => {
      const now = head.getAttribute('aria-sort');
      const down = now === 'ascending' || (now === null && head.classList.contains('number'));
      sort(column, down);
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    });
  });
};
const filterable = (id, filter) => {
  const input = document.querySelector(`input[data-filter="${id}"]`);
  const found = document.querySelector(`[data-found="${id}"]`);
  if (!input) return;
  let waiting;
  input.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const [count, total] = filter(input.value.toLowerCase());
      found.textContent = input.value ? `${commas(count)} of ${commas(total)} rows` : '';
    }, 60);
  });
};

const plainTable = table => {
  sortable(table, (column, down) => {
    const key = body => {
      const cell = body.rows[0].cells[column];
      if (!cell) return null;
      return cell.dataset.sort === undefined ? cell.textContent.trim() : Number(cell.dataset.sort);
    };
    const bodies = [...table.tBodies].map((body, order) => ({body, order, key: key(body)}));
    bodies.sort((a, b) => compare(a.key, b.key, down) || a.order - b.order);
    table.append(...bodies.map(each => each.body));
  });
  filterable(table.id, wanted => {
    for (const body of table.tBodies) body.hidden = !body.textContent.toLowerCase().includes(wanted);
    return [[...table.tBodies].filter(body => !body.hidden).length, table.tBodies.length];
  });
};

// --- large tables: 200 rows at a time
const dataTable = (table, data) => {
  const {columns, rows, words} = data, size = 200;
  const pager = document.querySelector(`[data-pager="${table.id}"]`);
  let order = rows.map((_, i) => i), shown = order, page = 0, texts = null;

  const hex = (file, place) => typeof place === 'number' ? `${file}+0x${place.toString(16)}` : place;
  const chain = (steps, file) => {
    if (!steps.some(Array.isArray)) {
      const code = make('code', '', steps.map(step => hex(file, step)).join(' → '));
      code.dataset.row = 'use';
      return [' ', code];
    }
    const list = make('ol', 'chain');
    list.dataset.row = 'use';
    for (const step of steps) {
      const [place, listing] = Array.isArray(step) ? step : [step, ''];
      list.append(make('li', '', make('code', '', hex(file, place)), ' ', make('code', 'dim', listing)));
    }
    return [list];
  };
  const box = (what, file) => {
    const out = make('div', 'box');
    if (what.u) {
      const list = make('ul', 'plain');
      for (const [tag, text, assumption, chains] of what.u) {
        const item = make('li');
        if (words[tag]) item.append(make('span', 'tag', words[tag]), ' ');
        item.append(words[text]);
        if (!chains.length) item.dataset.row = 'use';
        for (const steps of chains) item.append(...chain(steps, file));
        if (words[assumption]) item.append(make('br'), make('span', 'dim', words[assumption]));
        list.append(item);
      }
      out.append(make('h3', '', words[what.h]), list);
    }
    if (what.r) out.append(make('h3', '', 'Why this verdict'), make('ul', 'plain', ...what.r.map(one => make('li', '', words[one]))));
    const identity = make('dl', 'identity');
    for (const [name, value] of what.i)
      identity.append(make('dt', '', words[name]), make('dd', '', breakable(typeof value === 'number' ? words[value] : value)));
    out.append(make('h3', '', 'File details'), identity);
    for (const path of what.f || []) out.append(make('p', 'dim', 'same file: ', make('code', '', breakable(path))));
    for (const note of what.n || []) out.append(make('p', 'dim', words[note]));
    return out;
  };
  const fill = (cell, kind, value, file) => {
    if (kind === 'path') {
      const folder = words[value[0]].replace(/(.)[/\\]$/, '$1');
      cell.className = 'path';
      cell.append(make('strong', '', breakable(words[value[1]])));
      if (folder) cell.append(make('span', 'folder', breakable(folder)));
    } else if (kind === 'number' || kind === 'verdict') {
      const word = words[value[1]];
      cell.dataset.sort = value[0];
      if (kind === 'number') cell.className = 'number';
      cell.append(kind === 'number' ? word : make('span', 'verdict ' + word, word));
    } else if (kind === 'code') {
      cell.append(make('code', '', breakable(hex(file, value[0]))));
    } else {
      if (kind !== 'text') cell.className = kind;
      cell.append(kind === 'tag' ? words[value] : breakable(words[value]));
    }
  };
  const build = ([record, cells, details]) => {
    const body = make('tbody'), row = make('tr');
    body.dataset.row = words[record];
    let file = '';
    cells.forEach((value, i) => {
      const cell = make('td');
      cell.dataset.label = columns[i].title;
      if (columns[i].kind === 'path') file = words[value[1]];
      if (i + 1 === cells.length && cells.length < columns.length) cell.colSpan = columns.length - i;
      fill(cell, columns[i].kind, value, file);
      row.append(cell);
    });
    body.append(row);
    if (details) {
      const summary = make('summary');
      for (const tag of details.t) summary.append(make('span', 'tag', words[tag]), ' ');
      summary.append(words[details.s]);
      const fold = make('details', '', summary);
      fold.addEventListener('toggle', () => { if (fold.children.length === 1) fold.append(box(details, file)); });
      const cell = make('td', '', fold);
      cell.colSpan = columns.length;
      body.append(make('tr', 'more', cell));
    }
    return body;
  };

  const previous = make('button', '', 'Previous'), next = make('button', '', 'Next'), pages = make('select');
  const where = make('span', 'dim');
  previous.type = next.type = 'button';
  pages.setAttribute('aria-label', 'Page');
  where.setAttribute('role', 'status');
  pager.append(previous, pages, next, where);
  const draw = () => {
    const last = Math.max(0, Math.ceil(shown.length / size) - 1);
    page = Math.min(Math.max(page, 0), last);
    const from = page * size, to = Math.min(from + size, shown.length);
    for (const body of [...table.tBodies]) body.remove();
    table.append(...shown.slice(from, to).map(i => build(rows[i])));
    pages.replaceChildren();
    for (let i = 0; i <= last; ++i) pages.append(new Option(`${commas(i * size + 1)} to ${commas(Math.min((i + 1) * size, shown.length))}`, i, false, i === page));
    previous.disabled = page === 0;
    next.disabled = page === last;
    pager.classList.toggle('single', last === 0);
    where.textContent = shown.length ? `Rows ${commas(from + 1)} to ${commas(to)} of ${commas(shown.length)}` : 'No row contains this text';
  };
  const turn = to => {
    page = to;
    draw();
    table.scrollIntoView({block: 'start'});
  };
  previous.addEventListener('click', () => turn(page - 1));
  next.addEventListener('click', () => turn(page + 1));
  pages.addEventListener('change', () => turn(Number(pages.value)));

  const pathColumn = columns.findIndex(column => column.kind === 'path');
  const fileOf = cells => pathColumn < 0 ? '' : words[cells[pathColumn][1]];
  const plain = (value, kind, file) => kind === 'path' ? words[value[0]] + words[value[1]]
      : kind === 'number' || kind === 'verdict' ? words[value[1]] : kind === 'code' ? hex(file, value[0]) : words[value];
  const text = ([, cells, details]) => {
    const file = fileOf(cells);
    const parts = cells.map((value, i) => plain(value, columns[i].kind, file));
    if (details) {
      parts.push(words[details.s]);
      for (const [tag, what, assumption, chains] of details.u || [])
        parts.push(words[tag], words[what], words[assumption], ...chains.flat(2).map(step => hex(file, step)));
      parts.push(...(details.r || []).map(one => words[one]), ...(details.n || []).map(one => words[one]), ...(details.f || []));
      for (const [name, value] of details.i) parts.push(words[name], typeof value === 'number' ? words[value] : value);
    }
    return parts.join('\n').toLowerCase();
  };
  let wanted = '';
  const choose = () => { shown = wanted ? order.filter(i => texts[i].includes(wanted)) : order; };
  sortable(table, (column, down) => {
    const key = ([, cells]) => {
      if (column >= cells.length) return null;
      const kind = columns[column].kind, value = cells[column];
      return kind === 'path' ? words[value[1]] + words[value[0]] : kind === 'number' || kind === 'verdict' ? value[0]
          : kind === 'code' ? hex(fileOf(cells), value[0]) : words[value];
    };
    const keys = rows.map(key);
    order = rows.map((_, i) => i).sort((a, b) => compare(keys[a], keys[b], down) || a - b);
    page = 0;
    choose();
    draw();
  });
  filterable(table.id, value => {
    texts = texts || rows.map(text);
    wanted = value;
    page = 0;
    choose();
    draw();
    return [shown.length, rows.length];
  });
  return draw;
};

for (const table of all('table.sortable')) {
  const block = document.querySelector(`script[type="application/json"][data-table="${table.id}"]`);
  if (!block) { plainTable(table); continue; }
  const start = () => dataTable(table, JSON.parse(block.textContent))();
  const fold = table.closest('details.fold');  // what nobody unfolds is not built
  if (!fold) start(); else fold.addEventListener('toggle', start, {once: true});
}

for (const button of all('button[data-unfold]')) {
  button.addEventListener('click', () => {
    const open = button.getAttribute('aria-pressed') !== 'true';
    for (const part of all('details', document.getElementById(button.dataset.unfold))) part.open = open;
    button.setAttribute('aria-pressed', String(open));
    button.textContent = open ? 'Fold all' : 'Unfold all';
  });
}
for (const button of all('button[data-copy]')) {
  button.addEventListener('click', async () => {
    const code = button.parentElement.querySelector('code');
    let copied = true;
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {  // a browser without it, or one that does not allow it
      getSelection().selectAllChildren(code);
      copied = document.execCommand('copy');
    }
    button.textContent = copied ? 'Copied' : 'Press Ctrl+C';
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  });
}
// On paper everything is unfolded that stands in the page.
let closed = [];
addEventListener('beforeprint', () => {
  closed = all('details:not([open], .fold)').filter(part => part.children.length > 1);
  for (const part of closed) part.open = true;
});
addEventListener('afterprint', () => { for (const part of closed) part.open = false; });
)js";
  return kScript;
}

}  // namespace scanner::report::html
