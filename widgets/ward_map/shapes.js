// Shapes: from the fetched geometry to paths, centres and borders in plain units (km, or tiles × 10).

const fetched = new Map();

function fetchShapes(url, layout) {
  if (!fetched.has(url)) {
    const loading = fetch(url, { credentials: 'same-origin' })
      .then((answer) => {
        if (!answer.ok) throw new Error(`${answer.status}`);
        return answer.json();
      })
      .then((raw) => (layout === 'tiles' ? tileShapes(raw) : cellShapes(raw)));
    loading.catch(() => fetched.delete(url)); // so that trying again asks the server again
    fetched.set(url, loading);
  }
  return fetched.get(url);
}

const emptyBox = () => [Infinity, Infinity, -Infinity, -Infinity];
function stretch(box, x, y) {
  if (x < box[0]) box[0] = x;
  if (y < box[1]) box[1] = y;
  if (x > box[2]) box[2] = x;
  if (y > box[3]) box[3] = y;
}
function joinBoxes(boxes) {
  const whole = emptyBox();
  for (const box of boxes) {
    stretch(whole, box[0], box[1]);
    stretch(whole, box[2], box[3]);
  }
  return whole;
}

function cellShapes(raw) {
  const middle = (21 * Math.PI) / 180;
  const project = ([lon, lat]) => [(lon - 105.6) * 111.32 * Math.cos(middle), (21 - lat) * 110.72];
  const wards = [];
  for (const feature of raw.features) {
    const polygons = feature.geometry.type === 'Polygon' ? [feature.geometry.coordinates] : feature.geometry.coordinates;
    const rings = polygons.flat().map((ring) => ring.map(project));
    const box = emptyBox();
    for (const ring of rings) for (const [x, y] of ring) stretch(box, x, y);
    const path = rings.map((r) => 'M' + r.slice(0, -1).map(([x, y]) => `${x.toFixed(3)} ${y.toFixed(3)}`).join('L') + 'Z').join('');
    const largest = rings.reduce((a, b) => (ringArea(b) > ringArea(a) ? b : a));
    wards[feature.properties.i] = { ...feature.properties, rings, box, path, centre: ringCentre(largest), area: ringArea(largest) };
  }
  const inset = raw.inset && [...project([raw.inset[0], raw.inset[3]]), ...project([raw.inset[2], raw.inset[1]])];
  return { wards, districts: raw.districts, inset };
}

function tileShapes(raw) {
  const [w, h] = raw.tile.map((v) => v * 10);
  const wards = [];
  for (const ward of raw.wards) wards[ward.i] = { ...ward, ...tileAt(ward.x * 10, ward.y * 10, w, h) };
  const districts = structuredClone(raw.districts);
  return { wards, districts, size: raw.size.map((v) => v * 10), tile: [w, h] };
}

function tileAt(x, y, w, h) {
  const gap = h * 0.045;
  const [a, b, c, d] = [x + gap, y + gap, w - 2 * gap, h - 2 * gap];
  const r = h * 0.1;
  const path = `M${a + r} ${b}h${c - 2 * r}q${r} 0 ${r} ${r}v${d - 2 * r}q0 ${r} ${-r} ${r}h${2 * r - c}q${-r} 0 ${-r} ${-r}v${2 * r - d}q0 ${-r} ${r} ${-r}Z`;
  return { path, box: [x, y, x + w, y + h], centre: [x + w / 2, y + h / 2], area: w * h };
}

// One district alone: as many columns as make its block about as wide as the place it gets.
function tilesOfDistrict(wards, aspect) {
  const [w, h] = [22, 12];
  const across = Math.min(wards.length, Math.max(1, Math.round(Math.sqrt((wards.length * aspect * h) / w))));
  return wards.map((ward, k) => ({ ...ward, ...tileAt((k % across) * w, Math.floor(k / across) * h, w, h) }));
}

function ringArea(ring) {
  let sum = 0;
  for (let k = 1; k < ring.length; k++) sum += ring[k - 1][0] * ring[k][1] - ring[k][0] * ring[k - 1][1];
  return Math.abs(sum / 2);
}
function ringCentre(ring) {
  let [x, y, sum] = [0, 0, 0];
  const [ox, oy] = ring[0]; // near the ring, so that large coordinates cancel no digits
  for (let k = 1; k < ring.length; k++) {
    const [x0, y0, x1, y1] = [ring[k - 1][0] - ox, ring[k - 1][1] - oy, ring[k][0] - ox, ring[k][1] - oy];
    const cross = x0 * y1 - x1 * y0;
    x += (x0 + x1) * cross;
    y += (y0 + y1) * cross;
    sum += cross;
  }
  return sum ? [ox + x / (3 * sum), oy + y / (3 * sum)] : ring[0];
}

// Borders between districts and around the city: edges whose two sides belong to different districts.
function districtBorders(wards) {
  const edges = new Map();
  const name = ([x, y]) => `${x.toFixed(3)} ${y.toFixed(3)}`;
  for (const ward of wards) {
    for (const ring of ward.rings ?? []) {
      for (let k = 1; k < ring.length; k++) {
        const [a, b] = [name(ring[k - 1]), name(ring[k])];
        const edge = a < b ? `${a}L${b}` : `${b}L${a}`;
        if (!edges.has(edge)) edges.set(edge, ward.district);
        else if (edges.get(edge) === ward.district) edges.set(edge, null);
      }
    }
  }
  let path = '';
  for (const [edge, owner] of edges) if (owner !== null) path += `M${edge}`;
  return path;
}
