// The pilot area in place: the map and the list choose, the API works out, the address follows.
// Everything here also works without it, by the form.
(function () {
  'use strict';

  const root = document.getElementById('draw-page');
  const findings = document.getElementById('findings');
  const command = document.getElementById('command');
  const fixed = JSON.parse(root.dataset.fixed);
  const best = JSON.parse(root.dataset.best);
  const rows = new Map([...root.querySelectorAll('[data-code]')].map((row) => [row.dataset.code, row]));
  const groups = new Map([...root.querySelectorAll('[data-group]')].map((body) => [body.dataset.group, body]));
  let chosen = new Set(JSON.parse(root.dataset.shown));
  let map = null;
  let asked = 0;
  let waiting = null;

  // The state of the page is its address -----------------------------------------------

  function query() {
    const params = new URLSearchParams();
    Object.entries(fixed).forEach(([name, value]) => [value].flat()
      .forEach((each) => params.append(name, each)));
    const same = chosen.size === best.length && best.every((code) => chosen.has(code));
    if (!same) [...chosen].sort().forEach((code) => params.append('area', code));
    return params;
  }

  function remember() {
    const address = `${root.dataset.page}?${query()}`;
    if (address !== window.location.pathname + window.location.search) window.history.pushState({}, '', address);
  }

  function back() {
    const given = new URL(window.location.href).searchParams.getAll('area');
    const before = [...chosen].sort().join();
    chosen = new Set(given.length ? given : best);
    if ([...chosen].sort().join() === before) return; // a link within the page
    tick();
    update(false);
  }

  // Choosing ---------------------------------------------------------------------------

  function toggle(code) {
    if (!rows.has(code)) {
      say(['This neighbourhood has no boundary or no figures, and cannot be chosen.']);
      return;
    }
    if (!chosen.delete(code)) chosen.add(code);
    tick();
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => update(true), 120);
  }

  function tick() {
    rows.forEach((row, code) => { row.querySelector('[name=area]').checked = chosen.has(code); });
    if (map) map.choosing(chosen);
  }

  async function update(push) {
    asked += 1;
    const mine = asked;
    if (!chosen.size) {
      say(['No neighbourhood is chosen: choose at least one.']);
      return;
    }
    if (push) remember();
    try {
      const answer = await fetch(`${root.dataset.api}?${query()}`, { headers: { Accept: 'application/json' } });
      const found = await answer.json();
      if (mine !== asked) return;
      if (!answer.ok) throw new Error(found.detail);
      apply(found.selection);
    } catch (error) {
      if (mine === asked) say([`The selection could not be worked out. ${error.message}`]);
    }
  }

  // Showing ----------------------------------------------------------------------------

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function say(sentences) {
    findings.replaceChildren(...sentences.map((text) => element('p', 'govuk-body', text)));
  }

  function apply(selection) {
    document.getElementById('answer').textContent = selection.headline;
    document.getElementById('proof').textContent = selection.proof;
    document.getElementById('sure').textContent = selection.sure;
    document.getElementById('back-to-best').hidden = !selection.by_hand;
    command.textContent = selection.command || '';
    command.hidden = !selection.command;
    document.getElementById('may-propose').hidden = !selection.command;
    document.getElementById('not-propose').hidden = Boolean(selection.command);
    document.getElementById('why-not').textContent = selection.findings.join(' ');
    const note = document.getElementById('map-note'); // for who looks at the map of a phone
    note.textContent = [`${selection.headline}.`, ...selection.findings].join(' ');
    note.hidden = false;
    say(selection.findings);
    document.getElementById('facts').replaceChildren(...selection.lines.map(fact));
    arrange(new Set(selection.touching));
    root.querySelectorAll('[data-follow]').forEach((link) => {
      link.href = `${new URL(link.href).pathname}?${query()}`;
    });
    root.querySelectorAll('[data-areas]').forEach((link) => {
      const address = new URL(link.href);
      address.searchParams.delete('area');
      [...chosen].sort().forEach((code) => address.searchParams.append('area', code));
      link.href = address.pathname + address.search;
    });
  }

  function fact(line) {
    const row = element('div', 'gw-facts__row');
    const value = element('dd');
    value.append(element('span', 'gw-facts__now', line.now));
    if (line.beside) value.append(element('span', 'gw-under', line.beside));
    row.append(element('dt', '', line.name), value);
    return row;
  }

  // Rows move between the groups; the reader stays with the row that has the focus.
  function arrange(touching) {
    const held = document.activeElement?.closest('[data-code]') ? document.activeElement : null;
    const before = held?.getBoundingClientRect().top;
    const sorted = [...rows.values()].sort((a, b) => Number(a.dataset.order) - Number(b.dataset.order));
    sorted.forEach((row) => {
      const { code } = row.dataset;
      groups.get(chosen.has(code) ? 'chosen' : touching.has(code) ? 'touching' : 'rest').append(row);
    });
    groups.forEach((body, slug) => {
      const count = body.querySelectorAll('[data-code]').length;
      const shown = slug === 'rest' ? document.getElementById('rest-count') : body.querySelector('[data-count]');
      if (shown) shown.textContent = String(count);
    });
    if (!held) return;
    const fold = held.closest('details');
    if (fold) fold.open = true;
    held.focus({ preventScroll: true });
    window.scrollBy(0, held.getBoundingClientRect().top - before);
  }

  // Wiring -----------------------------------------------------------------------------

  root.addEventListener('change', (event) => {
    if (event.target.name === 'area') toggle(event.target.value);
  });
  ['mouseover', 'focusin'].forEach((name) => root.querySelector('.gw-draw__list')
    .addEventListener(name, (event) => map?.highlight(event.target.closest('[data-code]')?.dataset.code || null)));
  ['mouseout', 'focusout'].forEach((name) => root.querySelector('.gw-draw__list')
    .addEventListener(name, () => map?.highlight(null)));
  window.addEventListener('popstate', back);
  window.geoWealthMap.whenReady((page) => {
    map = page;
    page.on('choose', toggle);
    page.on('hover', (code) => {
      root.querySelectorAll('.gw-row--hover').forEach((row) => row.classList.remove('gw-row--hover'));
      rows.get(code)?.classList.add('gw-row--hover');
    });
  });
})();
