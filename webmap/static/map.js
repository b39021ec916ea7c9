// Takes over the map that folium drew: colours, outlines, labels and layers of points.
// All text goes in by textContent, so that a name can never be read as markup.
(function () {
  'use strict';

  const NO_DATA = 'url(#no-data)';
  const OUTLINE = '#0b0c0c';
  const SVG = 'http://www.w3.org/2000/svg';
  const SHAPES = {
    supplier: ['circle', { cx: 8, cy: 8, r: 6 }],
    anchor: ['path', { d: 'M8 1.5 14.8 13.5 1.2 13.5Z' }],
    asset: ['rect', { x: 2.5, y: 2.5, width: 11, height: 11 }],
    place: ['path', { d: 'M8 1 15 8 8 15 1 8Z' }],
  };
  const NOUNS = { supplier: 'suppliers', anchor: 'anchor institutions', asset: 'buildings' };
  const MARKS = { // outlines of clusters: by weight and pattern, not by colour
    high_high: { weight: 3 },
    low_low: { weight: 2.5, dash: '8 5' },
    high_low: { weight: 2.5, dash: '1 5' },
    low_high: { weight: 2.5, dash: '1 5' },
    kept: { weight: 3 }, // what a filter keeps
  };
  const CELL = 46; // pixels within which points are shown as one
  const ready = [];

  function classOf(legend, value) {
    if (value === null || value === undefined || legend.length === 0) return null;
    const found = legend.findIndex((item) => value <= item.high);
    return found < 0 ? legend.length - 1 : found;
  }

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function shape(kind) {
    const [tag, attributes] = SHAPES[kind];
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('viewBox', '0 0 16 16');
    svg.setAttribute('class', `gw-shape gw-shape--${kind}`);
    svg.setAttribute('aria-hidden', 'true');
    const drawn = document.createElementNS(SVG, tag);
    Object.entries(attributes).forEach(([name, value]) => drawn.setAttribute(name, value));
    svg.append(drawn);
    return svg;
  }

  function icon(kind, count) {
    const body = element('div', `gw-marker gw-marker--${kind}`);
    body.append(shape(kind));
    if (count > 1) body.append(element('span', 'gw-marker__count', String(count)));
    const size = count > 1 ? 30 : 20;
    return L.divIcon({ html: body, className: '', iconSize: [size, size] });
  }

  class Page {
    constructor(map, layer, state) {
      Object.assign(this, { map, layer, state });
      this.areas = new Map();
      this.groups = new Map();
      this.selected = new Set(state.selected);
      this.active = null;
      this.marks = {};
      this.listeners = { hover: [], choose: [] };
      layer.eachLayer((area) => this.adopt(area));
      this.label = L.tooltip({ direction: 'top', offset: [0, -4], className: 'gw-label' });
      this.paint();
      this.frame();
      if (state.points.length) this.show('given', state.points);
      this.layers();
      this.prints();
    }

    adopt(area) {
      const code = area.feature.properties.code;
      this.areas.set(code, area);
      area.on('mouseover', () => this.tell('hover', code));
      area.on('mouseout', () => this.tell('hover', null));
      area.on('mousemove', (event) => this.map.openTooltip(this.label.setLatLng(event.latlng)));
      area.on('click', () => this.choose(code));
    }

    // A print has its own width, which is not known before the page is laid out for it: the
    // map is given the size that the print style sheet gives it, and shown whole.
    prints() {
      window.addEventListener('beforeprint', () => this.toPaper());
      window.addEventListener('afterprint', () => this.toScreen());
      window.matchMedia('print').addEventListener('change', (event) => (
        event.matches ? this.toPaper() : this.toScreen()));
    }

    toPaper() {
      if (this.before) return;
      this.before = { at: this.map.getCenter(), zoom: this.map.getZoom() };
      document.documentElement.classList.add('gw-paper');
      this.map.closePopup();
      this.map.invalidateSize({ animate: false });
      this.frame({ animate: false });
      this.redraw();
    }

    toScreen() {
      if (!this.before) return;
      const { at, zoom } = this.before;
      this.before = null;
      document.documentElement.classList.remove('gw-paper');
      this.map.invalidateSize({ animate: false });
      this.map.setView(at, zoom, { animate: false });
      this.redraw();
    }

    redraw() {
      this.groups.forEach((held) => held.draw());
    }

    frame(how) {
      const shown = this.state.selected.map((code) => this.areas.get(code)).filter(Boolean);
      const points = this.state.points.map((point) => [point.latitude, point.longitude]);
      const bounds = L.latLngBounds(points);
      const about = shown.length || Object.keys(this.state.values).length === 0;
      shown.forEach((area) => bounds.extend(area.getBounds()));
      if (!about || !bounds.isValid()) bounds.extend(this.layer.getBounds());
      if (bounds.isValid()) this.map.fitBounds(bounds, { padding: [22, 22], maxZoom: 16, ...how });
      else this.map.setView([54.5, -2], 5);
    }

    style(code) {
      const colour = classOf(this.state.legend, this.state.values[code]);
      const chosen = this.selected.has(code);
      const plain = !(code in this.state.values);
      const mark = MARKS[this.marks[code]];
      return {
        color: OUTLINE,
        weight: chosen ? 3 : code === this.active ? 2.5 : mark ? mark.weight : 0.5,
        dashArray: !chosen && mark?.dash ? mark.dash : null,
        fillColor: colour === null ? NO_DATA : this.state.legend[colour].colour,
        fillOpacity: plain ? 0 : 1,
        opacity: 1,
      };
    }

    paint() {
      this.areas.forEach((area, code) => area.setStyle(this.style(code)));
      this.selected.forEach((code) => this.raise(code));
    }

    raise(code) {
      const area = this.areas.get(code);
      if (area) area.setStyle(this.style(code)).bringToFront();
    }

    outline(marks) {
      this.marks = marks;
      this.paint();
      Object.keys(marks).forEach((code) => MARKS[marks[code]] && this.raise(code));
      this.selected.forEach((code) => this.raise(code));
    }

    recolour(values, legend) {
      this.state.values = values;
      this.state.legend = legend;
      this.paint();
    }

    // An area is moved to the front once: moved again under the pointer it would lose the click.
    highlight(code) {
      const before = this.active;
      if (code === before) return;
      this.active = code;
      if (before && this.areas.has(before)) this.areas.get(before).setStyle(this.style(before));
      this.selected.forEach((chosen) => this.raise(chosen));
      if (code) this.raise(code);
    }

    select(code) {
      const before = [...this.selected];
      this.selected = new Set(code ? [code] : []);
      before.forEach((old) => this.areas.get(old)?.setStyle(this.style(old)));
      if (code) this.raise(code);
    }

    choosing(codes) {
      const before = [...this.selected];
      this.selected = new Set(codes);
      [...before, ...codes].forEach((code) => this.areas.get(code)?.setStyle(this.style(code)));
      this.selected.forEach((code) => this.raise(code));
    }

    on(event, listener) {
      this.listeners[event].push(listener);
    }

    tell(event, code) {
      if (event === 'hover') {
        this.highlight(code);
        if (code) this.label.setContent(this.describe(code));
        else this.map.closeTooltip(this.label);
      }
      this.listeners[event].forEach((listener) => listener(code));
    }

    describe(code) {
      const box = element('div');
      box.append(element('strong', '', this.state.names[code] || code));
      const value = this.state.values[code];
      const told = (this.state.told || {})[code];
      if (told) box.append(element('div', '', told));
      else if (value === null) box.append(element('div', '', 'Not ranked'));
      else if (value !== undefined) box.append(element('div', '', `Score ${value.toFixed(3)}`));
      return box;
    }

    choose(code) {
      this.map.closeTooltip(this.label);
      if (this.listeners.choose.length) this.tell('choose', code);
      else if (this.state.links) window.location.assign(this.state.links.replace('{code}', code));
    }

    // Points ----------------------------------------------------------------------------

    show(name, points) {
      const group = L.layerGroup().addTo(this.map);
      const draw = () => this.cluster(group, points);
      this.groups.set(name, { group, draw });
      this.map.on('zoomend', draw);
      draw();
    }

    hide(name) {
      const held = this.groups.get(name);
      if (!held) return;
      this.map.off('zoomend', held.draw);
      held.group.remove();
      this.groups.delete(name);
    }

    cluster(group, points) {
      group.clearLayers();
      const cells = new Map();
      points.forEach((point) => {
        const at = this.map.project([point.latitude, point.longitude]).divideBy(CELL).floor();
        const key = `${point.kind}:${at.x}:${at.y}`;
        if (!cells.has(key)) cells.set(key, []);
        cells.get(key).push(point);
      });
      cells.forEach((held) => group.addLayer(this.marker(held)));
    }

    marker(held) {
      const middle = (name) => held.reduce((sum, point) => sum + point[name], 0) / held.length;
      const at = [middle('latitude'), middle('longitude')];
      const options = { icon: icon(held[0].kind, held.length), keyboard: false, alt: '' };
      const marker = L.marker(at, options);
      marker.on('click', () => this.open(at, held));
      return marker;
    }

    open(at, held) {
      const far = this.map.getZoom() < this.map.getMaxZoom() && this.map.getZoom() < 16;
      if (held.length > 8 && far) {
        this.map.setView(at, this.map.getZoom() + 2);
        return;
      }
      const box = element('div', 'gw-popup');
      held.slice(0, 8).forEach((point) => {
        box.append(element('strong', '', point.name));
        point.lines.forEach((line) => box.append(element('div', '', line)));
      });
      if (held.length > 8) box.append(element('div', '', `and ${held.length - 8} more`));
      L.popup({ maxWidth: 260 }).setLatLng(at).setContent(box).openOn(this.map);
    }

    layers() {
      document.querySelectorAll('[data-layer]').forEach((box) => {
        const kind = box.dataset.layer;
        box.addEventListener('change', () => (box.checked ? this.load(kind, box) : this.hide(kind)));
        if (box.checked) this.load(kind, box);
      });
    }

    async load(kind, box) {
      const status = document.querySelector('.gw-layers__status');
      status.textContent = 'Loading…';
      try {
        const rows = await everything(this.state.layers[kind], `${kind}s`);
        const points = rows.filter((row) => row.longitude !== null).map((row) => pointOf(kind, row));
        if (box.checked && !this.groups.has(kind)) this.show(kind, points);
        status.textContent = `${points.length} ${NOUNS[kind]} shown`;
      } catch {
        box.checked = false;
        status.textContent = 'That layer could not be loaded. Try again in a moment.';
      }
    }
  }

  async function everything(address, key) {
    const rows = [];
    let next = address;
    while (next) {
      const answer = await fetch(next, { headers: { Accept: 'application/json' } });
      if (!answer.ok) throw new Error(String(answer.status));
      const document_ = await answer.json();
      rows.push(...document_[key]);
      next = document_.next;
    }
    return rows;
  }

  const STATUS = {
    eligible: 'May be transferred',
    not_eligible: 'May not be transferred',
    unknown: 'Not known whether it may be transferred',
  };

  function pointOf(kind, row) {
    const paid = row.pounds && `£${Math.round(Number(row.pounds)).toLocaleString('en-GB')}`;
    const lines = [
      kind === 'supplier' ? `${paid} in ${row.payments} payments` : row.use,
      STATUS[row.eligibility],
      row.sample ? 'Sample data' : null,
    ].filter(Boolean);
    const { name, longitude, latitude } = row;
    return { kind, name: name || 'Not named', longitude, latitude, lines };
  }

  window.geoWealthMap = {
    classOf,
    attach(map, layer, state) {
      const box = map.getContainer();
      const label = box.closest('[data-label]')?.dataset.label;
      box.setAttribute('role', 'region');
      if (label) box.setAttribute('aria-label', label);
      const page = new Page(map, layer, state);
      window.geoWealthMap.page = page;
      ready.splice(0).forEach((listener) => listener(page));
    },
    whenReady(listener) {
      if (window.geoWealthMap.page) listener(window.geoWealthMap.page);
      else ready.push(listener);
    },
  };
})();
