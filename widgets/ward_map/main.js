// The widget: one WardMap a mounted component, updated in place whenever Streamlit sends data.

const mounted = new WeakMap();
const WALL_TEXT = 21; // pixels at 1080 lines, the least that is read from five metres

export default function (component, root) {
  const place = component.parentElement;
  if (!mounted.has(place)) mounted.set(place, new WardMap(place, root));
  const map = mounted.get(place);
  map.update(component);
  return () => {
    map.close();
    mounted.delete(place);
  };
}

class WardMap {
  constructor(place, root) {
    this.root = root;
    this.styles = document.createElement('style');
    this.styles.textContent = STYLE;
    this.box = html('div', 'wm');
    place.append(this.styles, this.box);
    this.stage = html('div', 'stage', this.box);
    this.legend = html('div', 'legend', this.box);
    this.state = html('div', 'state', this.stage);
    this.tip = html('div', 'tip', this.stage);
    this.tip.hidden = true;
    this.live = html('div', 'unseen', this.box);
    this.live.setAttribute('aria-live', 'polite');
    this.marks = [];
    this.resized = new ResizeObserver(() => this.layOut());
    this.resized.observe(this.stage);
  }

  close() {
    this.resized.disconnect();
    this.styles.remove();
    this.box.remove();
  }

  // 1. theme, size and legend; 2. geometry if it is another one; 3. figures.
  update(component) {
    this.send = (code) => component.setTriggerValue('clicked', code);
    const data = (this.data = component.data);
    paintTheme(this.box, data.wall);
    this.box.classList.toggle('wall', data.wall);
    this.unit = data.wall ? parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 : 1;
    this.box.style.height = data.height;
    drawLegend(this.legend, data);
    const wanted = [data.url, data.only, data.inset, data.texts.inset].join(' '); // the inset's title is built in
    if (wanted !== this.wanted) {
      this.wanted = wanted;
      this.load(wanted);
    } else if (this.shapes) {
      this.paint();
    }
  }

  load(wanted) {
    const { url, layout, texts } = this.data;
    this.say(texts.loading);
    fetchShapes(new URL(url, this.root).href, layout).then(
      (shapes) => {
        if (wanted !== this.wanted) return; // another layout was chosen meanwhile
        this.say('');
        this.build(shapes);
      },
      () => wanted === this.wanted && this.say(this.data.texts.failed, () => this.load(wanted)),
    );
  }

  say(text, again = null) {
    this.state.replaceChildren();
    this.state.hidden = !text;
    if (!text) return;
    html('p', '', this.state, text);
    clearTimeout(this.retrying);
    if (!again) return;
    html('button', 'again', this.state, this.data.texts.retry).onclick = again;
    this.retrying = setTimeout(again, 15000); // nobody presses buttons on a wall
  }

  build(shapes) {
    const { layout, only, inset, texts } = this.data;
    this.shapes = shapes;
    this.view = new View(() => this.move());
    this.wards = shapes.wards.filter(Boolean);
    this.inside = only ? this.wards.filter((w) => w.district === only) : this.wards;
    if (only && layout === 'tiles') this.wards = this.inside;
    this.withInset = Boolean(layout === 'cells' && inset && !only && shapes.inset);
    this.svg?.remove();
    this.tools?.remove();
    this.svg = svg('svg', { class: 'map', role: 'img', tabindex: 0 });
    this.stage.prepend(this.svg);
    this.pattern = this.hatch('hatch');
    this.ground = svg('g', {}, this.svg);
    this.layTilesOfDistrict();
    // One district alone shows its own outline only; its neighbours stay faint.
    const borders = layout === 'cells' ? districtBorders(this.inside) : '';
    this.sheet = new Sheet(this.ground, this.wards, borders, true);
    this.names = new Names(this.svg);
    this.markers = new Markers(this.svg);
    this.sheets = [this.sheet];
    if (this.withInset) this.buildInset(borders);
    this.marks = [];
    this.focus = null;
    this.listen();
    this.tools = html('div', 'tools', this.stage);
    this.tool('M5 12h14M12 5v14', texts.in, () => this.zoomMiddle(1.6));
    this.tool('M5 12h14', texts.out, () => this.zoomMiddle(1 / 1.6));
    this.resetTool = this.tool('M4 10V4h6M20 14v6h-6M4 4l6 6M20 20l-6-6', texts.reset, () => this.view.reset());
    this.layOut();
    this.paint();
  }

  tool(path, label, act) {
    const button = html('button', 'tool', this.tools);
    button.setAttribute('aria-label', label);
    button.tabIndex = -1; // the map is one tab stop; its keys are + − 0
    svg('path', { d: path }, svg('svg', { viewBox: '0 0 24 24' }, button));
    button.onclick = act;
    return button;
  }

  hatch(id) {
    const pattern = svg('pattern', { id, width: 5, height: 5, patternUnits: 'userSpaceOnUse' }, svg('defs', {}, this.svg));
    svg('rect', { width: 5, height: 5, class: 'hatch-ground' }, pattern);
    svg('path', { d: 'M-1 6L6 -1M-1 1L1 -1M4 6L6 4', class: 'hatch-line' }, pattern);
    return pattern;
  }

  buildInset(borders) {
    const [x0, y0, x1, y1] = this.shapes.inset;
    const near = this.wards.filter(({ box }) => box[0] < x1 && box[2] > x0 && box[1] < y1 && box[3] > y0);
    this.insetGroup = svg('g', { class: 'inset' }, this.svg);
    this.insetFrame = svg('rect', { class: 'inset-frame', rx: 6 }, this.insetGroup);
    this.insetClip = svg('rect', {}, svg('clipPath', { id: 'inset-clip' }, this.insetGroup));
    this.insetTitle = svg('text', { class: 'inset-title' }, this.insetGroup);
    this.insetTitle.textContent = this.data.texts.inset;
    const clipped = svg('g', { 'clip-path': 'url(#inset-clip)' }, this.insetGroup);
    this.insetGround = svg('g', {}, clipped);
    this.insetSheet = new Sheet(this.insetGround, near, borders, false);
    this.insetMarkers = new Markers(clipped);
    this.insetRim = svg('rect', { class: 'inset-rim', rx: 6 }, this.insetGroup);
    this.sheets.push(this.insetSheet);
    const hatching = this.hatch('hatch-inset');
    this.insetView = new View(() => {
      this.insetGround.setAttribute('transform', this.insetView.transform);
      hatching.setAttribute('patternTransform', `scale(${1 / this.insetView.scale})`);
    });
  }

  // Where map and inset stand in the stage, in pixels; called for every new size.
  layOut() {
    if (!this.shapes || !this.stage.clientWidth) return;
    if (this.data.wall) this.unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const [width, height] = [this.stage.clientWidth, this.stage.clientHeight];
    const edge = 4;
    const box = this.data.layout === 'tiles' && !this.data.only ? [0, 0, ...this.shapes.size] : joinBoxes(this.inside.map((w) => w.box));
    let frame = [edge, edge, width - 2 * edge, height - 2 * edge];
    if (this.withInset) frame = this.layInset(width, height, box, edge);
    this.view.fit(frame, box);
  }

  layInset(width, height, box, edge) {
    const [x0, y0, x1, y1] = this.shapes.inset;
    const title = 30 * this.unit;
    const aspect = (x1 - x0) / (y1 - y0);
    const mapWidth = ((height - 2 * edge) * (box[2] - box[0])) / (box[3] - box[1]);
    const beside = width - mapWidth - 2 * edge > width * 0.3;
    // Beside the map if there is room; else over the map's empty south-west corner.
    const w = beside
      ? Math.min(width - mapWidth - 20, (height * 0.74 - title) * aspect)
      : Math.min(width * 0.4, height * 0.4 * aspect);
    const h = w / aspect + title;
    const spare = beside ? Math.max(0, width - mapWidth - w - 2 * edge - 24) : 0; // map and inset stand together
    const left = beside ? width - w - edge - spare / 2 : edge;
    const top = beside ? Math.max(edge, (height - h) / 2) : height - h - edge;
    for (const part of [this.insetFrame, this.insetRim]) place(part, left, top, w, h);
    place(this.insetClip, left, top + title, w, h - title);
    this.insetTitle.setAttribute('x', left + 12 * this.unit);
    this.insetTitle.setAttribute('y', top + 20 * this.unit);
    this.insetArea = [left, top + title, w, h - title];
    this.insetView.fit(this.insetArea, this.shapes.inset);
    if (!beside) return [edge, edge, width - 2 * edge, height - 2 * edge];
    return [edge + spare / 2, edge, mapWidth, height - 2 * edge];
  }

  // One district as tiles gets a block of its own, as wide as its place.
  layTilesOfDistrict() {
    if (this.data.layout !== 'tiles' || !this.data.only) return;
    const aspect = this.stage.clientWidth / Math.max(this.stage.clientHeight, 1);
    this.wards = this.inside = tilesOfDistrict(this.inside, aspect);
  }

  // Figures: only what differs from the last paint is touched.
  paint() {
    const { k, selected, numbered, title, texts } = this.data;
    this.texts = unpackTexts(this.data);
    for (const ward of this.wards) {
      const mark = this.data.only && ward.district !== this.data.only ? ' ' : k[ward.i];
      if (this.marks[ward.i] === mark) continue;
      this.marks[ward.i] = mark;
      for (const sheet of this.sheets) sheet.paint(ward.i, markClass(mark));
    }
    this.choose(selected);
    this.rank = new Map(numbered.map((i, k2) => [i, k2 + 1]));
    this.svg.setAttribute('aria-label', `${title.replace(/[:.\s]+$/, '')}. ${texts.keys}`);
    this.drawOver();
    if (!this.tip.hidden) this.show(this.shown, this.tipAt);
  }

  move() {
    this.ground.setAttribute('transform', this.view.transform);
    // Hatching keeps its width on the screen whatever the zoom.
    this.pattern.setAttribute('patternTransform', `scale(${1 / this.view.scale})`);
    this.resetTool?.classList.toggle('on', this.view.moved);
    // Who has zoomed in needs no inset over what is looked at.
    if (this.withInset) this.insetGroup.style.display = this.view.zoom > 1.8 ? 'none' : '';
    if (this.rank) this.drawOver();
  }

  // Markers and names, placed in pixels for the present view.
  drawOver() {
    const { layout, only } = this.data;
    const tile = layout === 'tiles' && !only ? this.shapes.tile[1] * this.view.scale * 0.4 : 15 * this.unit;
    // On walls its number is as large as their labels: read from five metres.
    const plain = Math.min(tile, this.unit * Math.max(9, Math.min(15, this.stage.clientHeight / this.unit / 46)));
    const radius = this.data.wall ? WALL_TEXT * this.unit / DIGIT : plain;
    const spots = this.wards.filter((w) => this.rank.has(w.i)).map((w) => ({ i: w.i, n: this.rank.get(w.i), w }));
    const at = (view) => (s) => ({ ...s, px: view.toScreen(s.w.centre)[0], py: view.toScreen(s.w.centre)[1] });
    const main = spots.map(at(this.view));
    for (const spot of only ? main : []) {
      // A district's wards carry their names: the number stands above the name, or in the tile's corner.
      if (layout === 'cells') spot.py -= radius;
      else [spot.px, spot.py] = this.view.toScreen(spot.w.box).map((v) => v + radius * 1.7);
    }
    this.markers.draw(main, radius);
    if (this.withInset) {
      const [x, y, w, h] = this.insetArea;
      const seen = spots.map(at(this.insetView)).filter((s) => s.px > x && s.px < x + w && s.py > y && s.py < y + h);
      this.insetMarkers.draw(seen, radius);
    }
    this.names.draw(this.nameEntries(main.map((s) => [s.px, s.py, radius])));
  }

  nameEntries(keepFree) {
    const { layout, only } = this.data;
    if (layout === 'tiles' && !only) return this.districtNames();
    if (layout === 'tiles') return this.tileTexts();
    if (!only && this.view.zoom < 3) return [];
    const size = only ? 12.5 : 12;
    const [width, height] = [this.stage.clientWidth, this.stage.clientHeight];
    const seen = this.inside.filter((ward) => {
      const [x, y] = this.view.toScreen(ward.centre);
      return x > 0 && y > 0 && x < width && y < height;
    });
    const placed = placeNames(seen, this.view, size, keepFree, only ? this.rank : new Map());
    const byId = new Map(seen.map((ward) => [ward.i, ward]));
    return [...placed].map(([i, [x, y]]) => ({ id: i, x, y, text: byId.get(i).short, size, className: `name ${this.onClass(i)}` }));
  }

  onClass(i) {
    return /[0-4]/.test(this.marks[i]) ? `on${this.marks[i]}` : 'on-none';
  }

  districtNames() {
    const entries = Object.entries(this.shapes.districts).filter(([, d]) => d.width);
    // A name may be longer than its block: it ends where the next one of its row begins.
    const end = (d) => {
      const later = entries.map(([, o]) => o).filter((o) => o.y === d.y && o.x > d.x);
      return later.length ? Math.min(...later.map((o) => o.x)) : d.x + d.width + 0.9;
    };
    const room = ([, d]) => ((end(d) - d.x - 0.2) * 10 * this.view.scale) / textWidth(d.short, 1, 600);
    const wanted = this.data.wall ? WALL_TEXT * this.unit : 0.84 * 10 * this.view.scale;
    const size = Math.min(wanted, ...entries.map(room));
    return entries.map(([code, d]) => {
      const [x, y] = this.view.toScreen([d.x * 10 + 0.4, d.y * 10 + 9.6]);
      return { id: code, x, y, text: d.short, size, className: 'district-name' };
    });
  }

  tileTexts() {
    const [width, height] = [22 * this.view.scale, 12 * this.view.scale];
    const widest = Math.max(...this.inside.map((w) => textWidth(w.short, 1, 600)));
    const size = Math.min(height * 0.26, (width * 0.88) / widest, 22);
    return this.inside.flatMap((ward) => {
      const [x, y] = this.view.toScreen(ward.centre);
      const on = this.onClass(ward.i);
      const name = { id: `n${ward.i}`, x, y: y - size * 0.62, text: ward.short, size, className: `name ${on}` };
      const value = this.texts[ward.i]?.text ?? '';
      return [name, { id: `v${ward.i}`, x, y: y + size * 0.72, text: value, size: size * 0.95, className: `name value ${on}` }];
    });
  }

  choose(i) {
    const ward = i === null || i === undefined ? null : this.wards.find((w) => w.i === i);
    for (const sheet of this.sheets) sheet.choose(ward);
  }

  zoomMiddle(factor) {
    const [x, y, w, h] = this.view.frame;
    this.view.zoomBy(factor, x + w / 2, y + h / 2);
  }

  wardOf(target) {
    const i = target.dataset?.i ?? target.closest?.('[data-i]')?.dataset.i;
    const ward = i === undefined ? undefined : this.wards.find((w) => w.i === Number(i));
    return ward && this.marks[ward.i] !== ' ' ? ward : null;
  }

  listen() {
    watchPointer(this.svg, this.view, (event) => {
      const ward = this.wardOf(event.target);
      if (ward) this.click(ward);
    });
    this.svg.addEventListener('pointermove', (event) => this.show(this.wardOf(event.target), inside(this.svg, event)));
    this.svg.addEventListener('pointerleave', () => this.show(null));
    this.svg.addEventListener('blur', () => this.show(null));
    this.svg.addEventListener('keydown', (event) => this.key(event));
  }

  click(ward) {
    this.choose(ward.i); // at once; the server's answer confirms it
    this.focus = ward;
    this.send(ward.code);
  }

  key(event) {
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const acts = {
      '+': () => this.zoomMiddle(1.6),
      '-': () => this.zoomMiddle(1 / 1.6),
      0: () => this.view.reset(),
      Enter: () => this.focus && this.click(this.focus),
      ' ': () => this.focus && this.click(this.focus),
      Escape: () => this.show(null),
    };
    if (arrows[event.key]) this.step(...arrows[event.key]);
    else if (acts[event.key]) acts[event.key]();
    else return;
    event.preventDefault();
  }

  // The nearest ward in a direction; straight ahead counts more than aside.
  step(dx, dy) {
    const from = this.focus ?? this.wards.find((w) => w.i === this.data.selected);
    const choice = this.inside.filter((w) => this.marks[w.i] !== ' ' && w !== from);
    const cost = (w) => {
      if (!from) return w.i;
      const [x, y] = [w.centre[0] - from.centre[0], w.centre[1] - from.centre[1]];
      const ahead = x * dx + y * dy;
      const aside = Math.abs(x * dy - y * dx);
      return ahead <= 1e-6 || aside > ahead * 2 ? Infinity : ahead + 2 * aside;
    };
    const next = choice.reduce((best, w) => (best && cost(best) <= cost(w) ? best : w), null);
    if (!next || cost(next) === Infinity) return;
    this.focus = next;
    this.show(next, this.view.toScreen(next.centre));
    this.live.textContent = this.tip.innerText.replaceAll('\n', '. ');
  }

  show(ward, at) {
    for (const sheet of this.sheets ?? []) sheet.hover(ward);
    this.shown = ward;
    this.tip.hidden = !ward;
    if (!ward) return;
    this.tipAt = at;
    const texts = this.texts[ward.i];
    this.tip.replaceChildren();
    html('strong', '', this.tip, ward.name);
    html('span', 'where', this.tip, this.shapes.districts[ward.district]?.name ?? '');
    html('b', 'figure', this.tip, this.marks[ward.i] === '-' ? texts?.text || this.data.empty : texts?.text);
    for (const line of texts?.lines ?? []) html('span', '', this.tip, line);
    const [w, h] = [this.tip.offsetWidth, this.tip.offsetHeight];
    const x = at[0] + 16 + w > this.stage.clientWidth ? at[0] - w - 12 : at[0] + 16;
    const y = Math.min(at[1] + 14, this.stage.clientHeight - h - 2);
    this.tip.style.transform = `translate(${Math.max(0, x)}px, ${Math.max(0, y)}px)`;
  }
}

function place(element, x, y, width, height) {
  for (const [key, value] of Object.entries({ x, y, width, height })) element.setAttribute(key, Math.max(0, value).toFixed(1));
}
