// The view: zoom and pan of the main map by wheel, drag, buttons and keys. Data never touches it.

class View {
  constructor(onChange) {
    this.onChange = onChange;
    this.zoom = 1;
    this.x = 0; // shift in CSS pixels
    this.y = 0;
    this.frame = [0, 0, 1, 1]; // where on the screen the map is fitted: x, y, width, height
    this.box = [0, 0, 1, 1]; // what is fitted there, in map units
  }

  get moved() {
    return this.zoom !== 1 || this.x !== 0 || this.y !== 0;
  }

  // Pixels a unit at zoom 1, and the origin that centres the box in the frame.
  fit(frame, box) {
    const old = this.frame;
    if (this.moved && old[2] > 1) {
      this.x *= frame[2] / old[2]; // a window that changes size keeps the place one looks at
      this.y *= frame[3] / old[3];
    }
    [this.frame, this.box] = [frame, box];
    this.base = Math.min(frame[2] / (box[2] - box[0]), frame[3] / (box[3] - box[1]));
    this.left = frame[0] + (frame[2] - this.base * (box[0] + box[2])) / 2;
    this.top = frame[1] + (frame[3] - this.base * (box[1] + box[3])) / 2;
    this.onChange();
  }

  get scale() {
    return this.base * this.zoom;
  }
  toScreen([x, y]) {
    return [this.zoom * (this.left + this.base * x) + this.x, this.zoom * (this.top + this.base * y) + this.y];
  }
  get transform() {
    const [x, y] = this.toScreen([0, 0]);
    return `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${this.scale.toFixed(5)})`;
  }

  zoomBy(factor, px, py) {
    const zoom = Math.min(24, Math.max(1, this.zoom * factor));
    const by = zoom / this.zoom;
    this.x = px - (px - this.x) * by;
    this.y = py - (py - this.y) * by;
    this.zoom = zoom;
    if (zoom === 1) this.x = this.y = 0;
    this.onChange();
  }
  panBy(dx, dy) {
    const [, , width, height] = this.frame;
    // The map can't be dragged off: its middle stays within the frame's reach.
    const clampX = (v) => Math.max(-this.zoom * width, Math.min(v, this.zoom * width * 0.5));
    const clampY = (v) => Math.max(-this.zoom * height, Math.min(v, this.zoom * height * 0.5));
    this.x = clampX(this.x + dx);
    this.y = clampY(this.y + dy);
    this.onChange();
  }
  reset() {
    [this.zoom, this.x, this.y] = [1, 0, 0];
    this.onChange();
  }
}

// Wheel and drag on `svg`; a press that hardly moves is a click and is left to the caller.
function watchPointer(svg, view, onClick) {
  let start = null;
  svg.addEventListener(
    'wheel',
    (event) => {
      const factor = Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016));
      if (factor < 1 && view.zoom === 1) return; // the page scrolls on
      event.preventDefault();
      view.zoomBy(factor, ...inside(svg, event));
    },
    { passive: false },
  );
  svg.addEventListener('pointerdown', (event) => {
    if (event.button === 0) start = { at: inside(svg, event), last: inside(svg, event), dragging: false };
  });
  svg.addEventListener('pointermove', (event) => {
    if (!start) return;
    const [x, y] = inside(svg, event);
    if (!start.dragging && Math.hypot(x - start.at[0], y - start.at[1]) > 5) {
      start.dragging = true;
      svg.setPointerCapture(event.pointerId);
      svg.classList.add('dragging');
    }
    if (start.dragging) view.panBy(x - start.last[0], y - start.last[1]);
    start.last = [x, y];
  });
  const end = () => {
    svg.classList.remove('dragging');
    start = null;
  };
  svg.addEventListener('pointerup', (event) => {
    if (start && !start.dragging) onClick(event);
    end();
  });
  svg.addEventListener('pointercancel', end);
}

function inside(svg, event) {
  const box = svg.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}
