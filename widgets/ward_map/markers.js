// Numbered markers and names: drawn in pixels above the map, so that they keep their size at any zoom.

const DIGIT = 1.2; // a number's type in radii of its disc

// Markers that would hide each other move apart; a thin line leads back to their ward.
function spread(spots, gap) {
  const placed = spots.map((s) => ({ ...s, x: s.px, y: s.py }));
  for (let round = 0; round < 60; round++) {
    let clash = false;
    for (let a = 0; a < placed.length; a++) {
      for (let b = a + 1; b < placed.length; b++) {
        let [dx, dy] = [placed[b].x - placed[a].x, placed[b].y - placed[a].y];
        const distance = Math.hypot(dx, dy);
        if (distance >= gap) continue;
        clash = true;
        if (distance < 0.01) [dx, dy] = [Math.cos(b), Math.sin(b)];
        const push = (gap - distance) / 2 / (Math.hypot(dx, dy) || 1);
        placed[a].x -= dx * push;
        placed[a].y -= dy * push;
        placed[b].x += dx * push;
        placed[b].y += dy * push;
      }
    }
    if (!clash) break;
  }
  return placed;
}

class Markers {
  constructor(parent) {
    this.group = svg('g', { class: 'markers' }, parent);
    this.made = [];
  }
  // spots: [{n, px, py}] in pixels; elements are reused from the start of the list.
  draw(all, radius) {
    const spots = all.filter((s) => Number.isFinite(s.px) && Number.isFinite(s.py)); // none yet while there is no room
    while (this.made.length > spots.length) this.made.pop().g.remove();
    spread(spots, radius * 2 + 1).forEach((spot, k) => {
      if (!this.made[k]) {
        const g = svg('g', { class: 'marker' }, this.group);
        this.made[k] = { g, line: svg('path', { class: 'lead' }, g), disc: svg('circle', {}, g), text: svg('text', {}, g) };
      }
      const { g, line, disc, text } = this.made[k];
      g.dataset.i = spot.i;
      const away = Math.hypot(spot.x - spot.px, spot.y - spot.py) > radius * 0.8;
      line.setAttribute('d', away ? `M${spot.px} ${spot.py}L${spot.x} ${spot.y}` : '');
      for (const [key, value] of [['cx', spot.x], ['cy', spot.y], ['r', radius]]) disc.setAttribute(key, value.toFixed(1));
      text.setAttribute('x', spot.x.toFixed(1));
      text.setAttribute('y', spot.y.toFixed(1));
      text.style.fontSize = `${(radius * DIGIT).toFixed(1)}px`;
      if (text.textContent !== `${spot.n}`) text.textContent = spot.n;
    });
  }
}

const measure = document.createElement('canvas').getContext('2d');
function textWidth(text, size, weight = 400) {
  measure.font = `${weight} ${size}px "Source Sans", "Source Sans 3", "Source Sans Pro", sans-serif`;
  return measure.measureText(text).width;
}

// Names of wards on a district's map: the largest first, one that would touch another is left out.
// A ward with a number (`rank`) has its name a little lower.
function placeNames(wards, view, size, keepFree, rank) {
  const taken = keepFree.map(([x, y, r]) => [x - r, y - r, x + r, y + r]);
  const placed = new Map();
  for (const ward of [...wards].sort((a, b) => b.area - a.area)) {
    let [x, y] = view.toScreen(ward.centre);
    if (rank.has(ward.i)) y += size * 0.75;
    const half = textWidth(ward.short, size) / 2 + 2;
    const box = [x - half, y - size * 0.6, x + half, y + size * 0.6];
    const room = (ward.box[2] - ward.box[0]) * view.scale * 1.2;
    if (half * 2 > room) continue;
    if (taken.some((t) => box[0] < t[2] && box[2] > t[0] && box[1] < t[3] && box[3] > t[1])) continue;
    taken.push(box);
    placed.set(ward.i, [x, y]);
  }
  return placed;
}

class Names {
  constructor(parent) {
    this.group = svg('g', { class: 'names' }, parent);
    this.made = new Map();
  }
  // entries: [{id, x, y, text, size, className}]; one text element an id, kept while the id stays.
  draw(entries) {
    const kept = new Set(entries.map((e) => e.id));
    for (const [id, text] of this.made) {
      if (!kept.has(id)) {
        text.remove();
        this.made.delete(id);
      }
    }
    for (const { id, x, y, text, size, className } of entries) {
      if (!this.made.has(id)) this.made.set(id, svg('text', {}, this.group));
      const made = this.made.get(id);
      made.setAttribute('class', className);
      made.setAttribute('x', x.toFixed(1));
      made.setAttribute('y', y.toFixed(1));
      made.style.fontSize = `${size.toFixed(1)}px`;
      if (made.textContent !== text) made.textContent = text;
    }
  }
}
