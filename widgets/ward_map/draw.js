// Drawing: elements are made once for a geometry; a change of figures only swaps class names.

function svg(name, attributes = {}, parent = null) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}
function html(name, className, parent, text = '') {
  const made = document.createElement(name);
  made.className = className;
  if (text) made.textContent = text;
  parent?.append(made);
  return made;
}

// One set of ward paths with borders, outlines of the hovered and the selected ward above them.
class Sheet {
  constructor(parent, wards, borders, main) {
    this.group = svg('g', { class: main ? 'wards' : 'wards inset-wards' }, parent);
    this.paths = new Map();
    for (const ward of wards) {
      const path = svg('path', { d: ward.path, class: 'w', 'data-i': ward.i, 'data-code': ward.code }, this.group);
      this.paths.set(ward.i, path);
    }
    if (borders) svg('path', { d: borders, class: 'borders' }, this.group);
    this.hovered = svg('path', { class: 'hovered' }, this.group);
    this.chosen = svg('path', { class: 'chosen-under' }, this.group);
    this.chosenTop = svg('path', { class: 'chosen' }, this.group);
  }
  paint(i, className) {
    this.paths.get(i)?.setAttribute('class', className);
  }
  hover(ward) {
    this.hovered.setAttribute('d', ward && this.paths.has(ward.i) ? ward.path : '');
  }
  choose(ward) {
    const d = ward && this.paths.has(ward.i) ? ward.path : '';
    this.chosen.setAttribute('d', d);
    this.chosenTop.setAttribute('d', d);
  }
}

// The class name of a ward by its mark: a tone 0..4, "-" no data, " " outside the scope.
function markClass(mark) {
  if (mark === '-') return 'w none';
  return mark === ' ' || mark === undefined ? 'w out' : `w k${mark}`;
}

// Unpacks payload.py's texts: templates with holes, numbers beside them.
function unpackTexts(data) {
  return data.v.split(';').map((packed) => {
    if (!packed) return null;
    const [template, ...numbers] = packed.split('|');
    let k = 0;
    const lines = data.t[Number(template)].replace(/\x1f/g, () => numbers[k++]).split('\n');
    return { text: lines[0], lines: lines.slice(1) };
  });
}

function luminance(colour) {
  const probe = document.createElement('canvas').getContext('2d');
  probe.fillStyle = colour || '#ffffff';
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}

// Sets the theme's colours as variables on `box`: dark on walls, else as bright as Streamlit's ground is.
function paintTheme(box, wall) {
  const ground = wall ? '#000000' : getComputedStyle(box).getPropertyValue('--st-background-color').trim();
  if (box.dataset.ground === ground) return;
  box.dataset.ground = ground;
  const name = luminance(ground) < 0.45 ? 'dark' : 'light';
  box.dataset.theme = name;
  const colours = PALETTES[name];
  colours.classes.forEach((colour, k) => {
    box.style.setProperty(`--k${k}`, colour);
    box.style.setProperty(`--on${k}`, luminance(colour) > 0.36 ? '#10192a' : '#f4f7fb');
  });
  for (const [key, colour] of Object.entries(colours)) {
    if (typeof colour === 'string') box.style.setProperty(`--${key.replaceAll('_', '-')}`, colour);
  }
}

function drawLegend(place, data) {
  const wanted = JSON.stringify([data.title, data.classes, data.empty, data.k.includes('-')]);
  if (place.dataset.drawn === wanted) return;
  place.dataset.drawn = wanted;
  place.replaceChildren();
  html('span', 'legend-title', place, data.title);
  const list = html('ul', 'legend-list', place);
  for (const [label, tone] of data.classes) {
    const entry = html('li', '', list);
    html('i', `swatch k${tone}`, entry);
    entry.append(label);
  }
  if (data.k.includes('-')) {
    const entry = html('li', '', list);
    html('i', 'swatch none', entry);
    entry.append(data.empty);
  }
}
