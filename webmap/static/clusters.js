// Clusters on the rank page: outlines on the map, and the column kept right as weights change.
(function () {
  'use strict';

  const root = document.querySelector('.gw-rank');
  const box = document.getElementById('cluster-layer');
  const slots = new Map([...root.querySelectorAll('.gw-row')].map((row) => (
    [row.dataset.code, row.querySelector('[data-slot=cluster]')])));
  let map = null;
  const LATER = 300; // clusters take longer than ranks, so they wait until a slider rests
  let asked = 0;
  let waiting = null;
  let asking = new AbortController(); // what nobody waits for any more is not worked out

  function draw() {
    if (!map) return;
    const marks = [...slots].map(([code, slot]) => [code, slot.dataset.cluster]);
    map.outline(Object.fromEntries(box.checked ? marks : passing()));
  }

  // What the filter keeps, where there is one: its key is the sentence under the map.
  function passing() {
    if (!document.getElementById('meets-key')) return [];
    return [...root.querySelectorAll('#ranked .gw-row:not([data-misses])')]
      .map((row) => [row.dataset.code, 'kept']);
  }

  function follow(params) {
    asked += 1;
    const mine = asked;
    slots.forEach((slot) => { slot.textContent = '…'; });
    carry(params);
    window.clearTimeout(waiting);
    asking.abort();
    asking = new AbortController();
    waiting = window.setTimeout(() => fetchFor(params, mine), LATER);
  }

  // The comparison is of the ranking on screen.
  function carry(params) {
    const form = document.getElementById('compare-form');
    form.querySelectorAll('[type=hidden]').forEach((field) => field.remove());
    params.forEach((value, name) => {
      const field = document.createElement('input');
      Object.assign(field, { type: 'hidden', name, value });
      form.append(field);
    });
  }

  async function fetchFor(params, mine) {
    try {
      const answer = await fetch(`${root.dataset.clusters}?${params}`, { headers: { Accept: 'application/json' }, signal: asking.signal });
      const found = await answer.json();
      if (mine !== asked) return;
      if (!answer.ok) throw new Error(found.detail);
      found.areas.forEach((area) => {
        const slot = slots.get(area.code);
        if (!slot) return;
        slot.dataset.cluster = area.cluster;
        slot.textContent = area.cluster_label;
      });
      document.getElementById('cluster-note').textContent = found.summary.join(' ');
      draw();
    } catch (error) {
      if (mine === asked) slots.forEach((slot) => { slot.textContent = 'not worked out'; });
    }
  }

  box.addEventListener('change', draw);
  root.addEventListener('ranged', draw);
  root.addEventListener('ranked', (event) => follow(event.detail));
  window.geoWealthMap.whenReady((page) => { map = page; draw(); });
})();
