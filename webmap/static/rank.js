// The rank page in place: weights, sort, panels and the address; the map follows.
// Everything here also works without it, by the form and the links.
(function () {
  'use strict';

  const root = document.querySelector('.gw-rank');
  const form = document.getElementById('weights-form');
  const ranked = document.getElementById('ranked');
  const unranked = document.getElementById('unranked');
  const status = document.getElementById('rank-status');
  const problem = document.getElementById('weights-error');
  const FIRST = 20;
  const DESCENDING = new Set(['score', 'deprivation', 'spend', 'assets']);
  const rows = new Map([...root.querySelectorAll('.gw-row')].map((row) => [row.dataset.code, row]));
  const weights = [...form.querySelectorAll('.gw-weight')].map((box) => ({
    slug: box.dataset.slug,
    name: box.dataset.name,
    slider: box.querySelector('.gw-weight__slider'),
    number: box.querySelector('.gw-weight__number'),
    share: box.querySelector('.gw-weight__share'),
  }));
  const fixed = JSON.parse(root.dataset.fixed);
  const OF_THE_LIST = ['robust_top', 'robust_share']; // what filters rows and ranks none
  const LATER = 250; // ranges take longer than ranks, so they wait until a slider rests
  let view = viewOf(new URL(window.location.href));
  let map = null;
  let asked = 0;
  let waiting = null;
  let ranging = null;
  let here = window.location.search;
  const loaded = here;

  // The state of the page is its address -----------------------------------------------

  function viewOf(address) {
    const sort = address.searchParams.get('sort') || 'rank';
    return {
      sort,
      order: address.searchParams.get('order') || 'asc',
      top: Number(address.searchParams.get('top')) || FIRST,
    };
  }

  function query() {
    const params = new URLSearchParams(fixed);
    ['sort', 'order', 'top', 'id'].forEach((name) => params.delete(name));
    weights.forEach(({ slug, number }) => params.set(`w.${slug}`, number.value));
    return params;
  }

  function asking(more) {
    const params = query();
    OF_THE_LIST.forEach((name) => params.delete(name));
    Object.entries(more || {}).forEach(([name, value]) => params.set(name, value));
    return params;
  }

  function addressOf(changes) {
    const next = { ...view, ...changes };
    const params = query();
    if (next.top !== FIRST) params.set('top', next.top);
    if (next.sort !== 'rank' || next.order !== 'asc') {
      params.set('sort', next.sort);
      params.set('order', next.order);
    }
    return `${root.dataset.page}?${params}`;
  }

  function remember() {
    const address = addressOf({});
    const now = window.location.pathname + window.location.search;
    if (address !== now) window.history.pushState({}, '', address);
    here = window.location.search;
    retarget();
  }

  function retarget() {
    root.querySelectorAll('[data-sort]').forEach((link) => {
      link.href = `${addressOf(turned(link.dataset.sort))}#ranking`;
    });
    document.getElementById('show-all').href = `${addressOf({ top: total() })}#ranking`;
    const downloads = query();
    if (view.top !== FIRST) downloads.set('top', view.top);
    if (view.sort !== 'rank' || view.order !== 'asc') {
      downloads.set('sort', view.sort);
      downloads.set('order', view.order);
    }
    root.querySelectorAll('[data-download]').forEach((link) => {
      link.href = `${new URL(link.href).pathname}?${downloads}`;
    });
    const draw = document.getElementById('draw-link');
    draw.href = `${new URL(draw.href).pathname}?${asking()}`;
    const own = asking();
    own.delete('district');
    root.querySelectorAll('.gw-cell--name a, #not-ranked a').forEach((link) => {
      link.href = `${new URL(link.href).pathname}?${own}`;
    });
  }

  // Weights ------------------------------------------------------------------------------

  function showShares() {
    const points = weights.map(({ number }) => Number(number.value));
    const sum = points.reduce((all, point) => all + point, 0);
    const wrong = points.some((point) => !Number.isFinite(point) || point < 0 || point > 100);
    const text = wrong ? 'Give each weight a number from 0 to 100.'
      : sum <= 0 ? 'Give at least one figure a weight above 0.' : '';
    problem.textContent = text;
    problem.hidden = !text;
    weights.forEach(({ share }, place) => {
      share.textContent = text ? 'not counted' : `${percent(points[place] / sum)} of the whole`;
    });
    return !text;
  }

  function percent(part) {
    if (part > 0 && part < 0.01) return 'less than 1\u00a0%';
    if (part < 1 && part > 0.99) return 'more than 99\u00a0%';
    return `${Math.round(100 * part)}\u00a0%`;
  }

  function sayWeights(used) {
    const parts = weights.map(({ slug, name }) => `${name} ${percent(used[slug] || 0)}`);
    document.getElementById('weighted').textContent = `Weighted: ${parts.join(', ')}.`;
  }

  function bind({ slider, number }) {
    slider.addEventListener('input', () => { number.value = slider.value; soon(); });
    slider.addEventListener('change', () => now());
    number.addEventListener('input', () => { slider.value = number.value; soon(); });
    number.addEventListener('change', () => now());
  }

  function soon() {
    window.clearTimeout(waiting);
    if (showShares()) waiting = window.setTimeout(() => update(false), 120);
  }

  function now() {
    window.clearTimeout(waiting);
    if (showShares()) update(true);
  }

  async function update(push) {
    asked += 1;
    const mine = asked;
    if (push) remember();
    try {
      const answer = await fetch(`${root.dataset.api}?${asking()}`, { headers: { Accept: 'application/json' } });
      const found = await answer.json();
      if (mine !== asked) return;
      if (!answer.ok) throw new Error(found.detail);
      apply(found);
      window.clearTimeout(ranging);
      ranging = window.setTimeout(() => measure(mine), push ? 0 : LATER);
    } catch (error) {
      if (mine === asked) status.textContent = `The ranking could not be worked out. ${error.message}`;
    }
  }

  // Ranges of ranks under other weights; they follow the ranking, which does not wait ------

  async function measure(mine) {
    const top = Number(fixed.robust_top) || null;
    try {
      const answer = await fetch(`${root.dataset.robustness}?${asking(top ? { k: top } : {})}`, { headers: { Accept: 'application/json' } });
      const found = await answer.json();
      if (mine !== asked) return;
      if (!answer.ok) throw new Error(found.detail);
      found.areas.forEach((area) => {
        const row = rows.get(area.code);
        if (!row) return;
        row.querySelector('[data-slot=range]').textContent = `(${area.interval.join('–')})`;
        const meets = !top || area.p_top[top] >= Number(fixed.robust_share || 0.9);
        row.toggleAttribute('data-misses', !meets);
      });
      if (top) arrange();
      if (top) sayFiltered(found.areas.length);
      root.dispatchEvent(new Event('ranged')); // clusters.js outlines what the filter keeps
    } catch (error) {
      if (mine === asked) status.textContent = `The ranges could not be worked out. ${error.message}`;
    }
  }

  function sayFiltered(count) {
    const kept = ranked.querySelectorAll('.gw-row:not([data-misses])').length;
    const share = `${Number((100 * Number(fixed.robust_share || 0.9)).toPrecision(6))}\u00a0%`;
    const text = `${kept} of ${count} neighbourhoods ${kept === 1 ? 'is' : 'are'} among the first ${fixed.robust_top} in at least ${share} of weightings.`;
    document.getElementById('filtered').textContent = text;
    document.getElementById('none-said').textContent = text;
  }

  // Rows ---------------------------------------------------------------------------------

  function total() {
    return Math.max(ranked.querySelectorAll('.gw-row:not([data-misses])').length, 1);
  }

  function apply(found) {
    const widest = Math.max(...found.areas.flatMap((area) => Object.values(area.indicators)
      .map((cell) => Math.abs(cell.contribution || 0))), 0) || 1;
    found.areas.forEach((area) => fill(rows.get(area.code), area, widest));
    found.not_ranked.forEach((area) => fill(rows.get(area.code), { ...area, rank: null }, widest));
    const values = Object.fromEntries(found.not_ranked.map((area) => [area.code, null]));
    found.areas.forEach((area) => { values[area.code] = area.score; });
    leftOut(found.not_ranked);
    legend(found.legend, found.not_ranked.length);
    arrange();
    sayWeights(found.ranking.weights);
    if (map) map.recolour(values, found.legend);
    closePanel();
    root.dispatchEvent(new CustomEvent('ranked', { detail: asking() })); // clusters.js follows
    const first = found.areas[0];
    status.textContent = first ? `Ranked again. First is ${first.name}.` : 'No neighbourhood can be ranked.';
  }

  function fill(row, area, widest) {
    if (!row) return;
    const out = area.rank === null;
    if (out) { delete row.dataset.rank; delete row.dataset.score; } else {
      row.dataset.rank = area.rank;
      row.dataset.score = area.score;
    }
    row.querySelector('[data-slot=rank]').textContent = out ? '–' : area.rank;
    row.querySelector('[data-slot=range]').textContent = '';
    row.querySelector('[data-slot=score]').textContent = out ? '–' : area.score.toFixed(3);
    row.querySelectorAll('[data-slug]').forEach((cell) => {
      const part = area.indicators[cell.dataset.slug]?.contribution ?? null;
      const bar = cell.querySelector('.gw-bar rect');
      if (bar) bar.setAttribute('width', String(Math.max(0, (100 * (part || 0)) / widest)));
      const share = cell.querySelector('[data-slot=share]');
      if (share) share.textContent = part === null ? 'nothing' : area.contributions_shown[cell.dataset.slug].toFixed(3);
    });
    (out ? unranked : ranked).append(row);
  }

  function leftOut(areas) {
    const list = document.getElementById('not-ranked');
    const groups = new Map();
    areas.forEach((area) => groups.set(area.reason, [...(groups.get(area.reason) || []), area]));
    list.replaceChildren(...[...groups].map(([reason, group]) => {
      const details = document.createElement('details');
      details.open = group.length <= 12;
      const summary = document.createElement('summary');
      summary.textContent = `${reason.charAt(0).toUpperCase()}${reason.slice(1)} (${group.length})`;
      details.append(summary);
      group.forEach((area, place) => {
        const link = rows.get(area.code)?.querySelector('.gw-cell--name a').cloneNode(true);
        details.append(link || area.name, place < group.length - 1 ? ', ' : '');
      });
      const item = document.createElement('li');
      item.append(details);
      return item;
    }));
    document.getElementById('not-ranked-count').textContent = areas.length;
    document.getElementById('not-ranked-section').hidden = areas.length === 0;
  }

  function legend(classes, missing) {
    const list = document.querySelector('.gw-legend');
    if (!list) return;
    const items = [...list.children];
    const none = items.pop();
    const model = items[0] || none;
    const made = [...classes].reverse().map((item, place) => {
      const copy = model.cloneNode(true);
      copy.querySelector('rect').setAttribute('fill', item.colour);
      const end = classes.length < 2 ? '' : place === 0 ? ' (highest priority)' : place === classes.length - 1 ? ' (lowest)' : '';
      copy.querySelector('span').textContent = item.label + end;
      return copy;
    });
    none.querySelector('span').textContent = `Not ranked, data missing (${missing || 'none'})`;
    list.replaceChildren(...made, none);
  }

  function valueOf(row, key) {
    if (key === 'name') return row.dataset.name;
    if (key === 'rank') return row.dataset.rank === undefined ? null : Number(row.dataset.rank);
    if (key === 'score') return row.dataset.score === undefined ? null : Number(row.dataset.score);
    const held = row.querySelector(`[data-slug=${key}]`)?.dataset.value;
    return held === undefined ? null : Number(held);
  }

  function arrange() {
    const sign = view.order === 'asc' ? 1 : -1;
    const list = [...ranked.querySelectorAll('.gw-row')];
    list.sort((a, b) => {
      const [x, y] = [valueOf(a, view.sort), valueOf(b, view.sort)];
      if (x === null || y === null) return (x === null) - (y === null);
      if (x !== y) return sign * (x < y ? -1 : 1);
      return a.dataset.code < b.dataset.code ? -1 : 1;
    });
    const meeting = list.filter((row) => !row.hasAttribute('data-misses'));
    list.forEach((row) => { row.hidden = true; });
    meeting.slice(0, view.top).forEach((row) => { row.hidden = false; });
    ranked.append(...list);
    const shown = Math.min(view.top, meeting.length);
    document.getElementById('shown').textContent = `${shown} of ${meeting.length} shown.`;
    const more = document.getElementById('show-all');
    more.hidden = shown >= meeting.length;
    more.textContent = `Show all ${meeting.length}`;
    document.getElementById('none-meets').hidden = list.length === 0 || meeting.length > 0;
    ['#ranking', '#compare-form', '.gw-more'].forEach((part) => {
      root.querySelector(part).hidden = meeting.length === 0;
    });
    document.getElementById('none-ranked').hidden = list.length > 0;
    root.querySelectorAll('[data-sort]').forEach((link) => {
      const head = link.closest('th');
      if (link.dataset.sort !== view.sort) head.removeAttribute('aria-sort');
      else head.setAttribute('aria-sort', view.order === 'asc' ? 'ascending' : 'descending');
    });
  }

  function turned(key) {
    if (view.sort === key) return { sort: key, order: view.order === 'asc' ? 'desc' : 'asc' };
    return { sort: key, order: DESCENDING.has(key) ? 'desc' : 'asc' };
  }

  // Panel under a row ----------------------------------------------------------------------

  function closePanel() {
    const open = document.getElementById('panel');
    if (!open) return;
    const button = rows.get(open.dataset.code)?.querySelector('.gw-why');
    if (button) button.setAttribute('aria-expanded', 'false');
    open.remove();
    if (map) map.select(null);
    root.querySelectorAll('.gw-row--chosen').forEach((row) => row.classList.remove('gw-row--chosen'));
  }

  async function openPanel(code, fromMap) {
    const open = document.getElementById('panel');
    const again = open && open.dataset.code === code;
    const row = rows.get(code);
    if (again && fromMap) reveal(row);
    if (again && fromMap) return;
    closePanel();
    if (again || !row) return;
    const panel = document.createElement('tr');
    panel.id = 'panel';
    panel.dataset.code = code;
    panel.setAttribute('role', 'row');
    const cell = document.createElement('td');
    cell.colSpan = 7;
    cell.className = 'gw-panel';
    cell.setAttribute('role', 'cell');
    cell.textContent = 'Working out the reason…';
    panel.append(cell);
    row.hidden = false;
    row.classList.add('gw-row--chosen');
    row.after(panel);
    row.querySelector('.gw-why')?.setAttribute('aria-expanded', 'true');
    if (map) map.select(code);
    if (fromMap) reveal(row);
    await explain(code, cell);
    if (fromMap && panel.isConnected && isSeen(row)) reveal(row);
  }

  // Below the map the reason has to be brought to the reader, from its row on; beside the
  // map it only has to be seen. The next Tab goes into the panel.
  function reveal(row) {
    const below = window.matchMedia('(max-width: 63.99em)').matches;
    if (!below) document.getElementById('panel').scrollIntoView({ block: 'nearest' });
    row.scrollIntoView({ block: below ? 'start' : 'nearest' });
    row.querySelector('.gw-why').focus({ preventScroll: true });
  }

  // A reader who went elsewhere while the reason was fetched is left there.
  function isSeen(row) {
    const { top, bottom } = row.getBoundingClientRect();
    return bottom > 0 && top < window.innerHeight;
  }

  async function explain(code, cell) {
    const address = `${root.dataset.explanation.replace('CODE', code)}?${asking()}`;
    try {
      const answer = await fetch(address, { headers: { Accept: 'application/json' } });
      const found = await answer.json();
      if (!answer.ok) throw new Error(found.detail);
      cell.replaceChildren(...found.sentences.map((text) => paragraph(text)));
      const link = rows.get(code).querySelector('.gw-cell--name a').cloneNode(true);
      link.textContent = `More about ${rows.get(code).dataset.name}`;
      cell.append(paragraph('', link));
    } catch (error) {
      cell.textContent = `The reason could not be fetched. ${error.message}`;
    }
    cell.append(backToMap());
  }

  function backToMap() {
    const link = document.createElement('a');
    link.className = 'govuk-link';
    link.href = '#map';
    link.textContent = 'Back to the map';
    const made = paragraph('', link);
    made.className = 'gw-back';
    return made;
  }

  function paragraph(text, child) {
    const made = document.createElement('p');
    made.textContent = text;
    if (child) made.append(child);
    return made;
  }

  function addButton(row) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'gw-why';
    button.setAttribute('aria-expanded', 'false');
    button.textContent = 'Why';
    const hidden = document.createElement('span');
    hidden.className = 'govuk-visually-hidden';
    hidden.textContent = ` does ${row.dataset.name} rank here?`;
    button.append(hidden);
    row.querySelector('.gw-cell--name a').after(' ', button);
  }

  // Wiring ---------------------------------------------------------------------------------

  function codeAt(event) {
    return event.target.closest('.gw-row')?.dataset.code || null;
  }

  function wire() {
    weights.forEach(bind);
    form.addEventListener('submit', (event) => { event.preventDefault(); now(); });
    document.getElementById('measure-form').addEventListener('submit', (event) => {
      event.preventDefault();
      fixed.spend_variant = document.getElementById('spend-variant').value;
      window.location.assign(addressOf({}));
    });
    document.getElementById('robust-form').addEventListener('submit', (event) => {
      event.preventDefault();
      fixed.robust_top = document.getElementById('robust-top').value;
      fixed.robust_share = document.getElementById('robust-share').value;
      window.location.assign(addressOf({}));
    });
    root.querySelectorAll('[data-unfilter]').forEach((link) => link.addEventListener('click', (event) => {
      event.preventDefault();
      OF_THE_LIST.forEach((name) => delete fixed[name]);
      window.location.assign(addressOf({}));
    }));
    rows.forEach(addButton);
    root.addEventListener('click', (event) => {
      const sort = event.target.closest('[data-sort]');
      const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
      if (sort && plain) {
        event.preventDefault();
        Object.assign(view, turned(sort.dataset.sort));
        arrange();
        remember();
      } else if (event.target.id === 'show-all' && plain) {
        event.preventDefault();
        view.top = total();
        arrange();
        remember();
      } else if (codeAt(event) && !event.target.closest('a, label')) openPanel(codeAt(event), false);
    });
    ['mouseover', 'focusin'].forEach((name) => root.querySelector('table')
      .addEventListener(name, (event) => map?.highlight(codeAt(event))));
    ['mouseout', 'focusout'].forEach((name) => root.querySelector('table')
      .addEventListener(name, () => map?.highlight(null)));
    window.addEventListener('popstate', back);
  }

  function back() {
    const address = new URL(window.location.href);
    if (address.search === here) return; // a link within the page
    here = address.search;
    view = viewOf(address);
    const given = weights.map(({ slug }) => address.searchParams.get(`w.${slug}`));
    const some = given.some((point) => point !== null);
    if (!some && here !== loaded) { // the usual weights, which this document was not made with
      window.location.reload();
      return;
    }
    weights.forEach((weight, place) => {
      weight.number.value = some ? given[place] ?? 0 : weight.number.defaultValue;
      weight.slider.value = weight.number.value;
    });
    showShares();
    update(false);
    retarget();
  }

  wire();
  window.geoWealthMap.whenReady((page) => {
    map = page;
    page.on('choose', (code) => openPanel(code, true));
    page.on('hover', (code) => {
      root.querySelectorAll('.gw-row--hover').forEach((row) => row.classList.remove('gw-row--hover'));
      rows.get(code)?.classList.add('gw-row--hover');
    });
  });
})();
