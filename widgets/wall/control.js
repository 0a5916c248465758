// One a page: shows the wall's screens in turn, holds, tells the time and the age of the figures, and says when the
// server is gone (connection.js). It lives on `window`, so that it goes on while the server is away or Streamlit
// mounts anew.
class Wall {
  constructor() {
    this.spent = 0; // milliseconds of the present slot
    this.last = performance.now();
    this.connection = new Connection(".wall-pulse");
    this.ages = {};
    const make = (name, tag = "div") => {
      const element = document.createElement(tag);
      element.className = name;
      return element;
    };
    this.over = make("wall-over");
    this.clock = make("wall-clock");
    this.age = make("wall-age");
    this.banner = make("wall-banner");
    this.banner.setAttribute("role", "status");
    this.held = make("wall-held");
    this.line = make("wall-line");
    this.buttons = make("wall-buttons");
    for (const [sign, act] of [["‹", () => this.go(-1)], ["❚❚", () => this.toggle()], ["›", () => this.go(1)]]) {
      const button = make("wall-button", "button");
      button.type = "button";
      button.textContent = sign;
      button.onclick = (event) => {
        event.stopPropagation();
        button.blur();
        act();
      };
      this.buttons.append(button);
    }
    this.over.append(this.clock, this.age, this.banner, this.held, this.line, this.buttons);
    document.body.append(this.over);
    this.style = document.head.appendChild(document.createElement("style"));
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("click", (event) => {
      if (this.active && !event.target.closest?.("form, a, button")) this.toggle();
    });
    document.addEventListener("pointermove", () => this.moved());
    window.addEventListener("resize", () => this.tellSize());
    setInterval(() => this.tick(), 250);
  }

  // From the server: which wall, which screens. Keeps its place when the same wall comes again.
  update(component) {
    clearTimeout(this.leaving);
    this.send = (size) => component.setStateValue("size", size);
    const { wall, order, texts, lang, only } = component.data;
    Object.assign(this, { texts, lang, only });
    const names = [texts.back, texts.hold, texts.on];
    [...this.buttons.children].forEach((button, i) => button.setAttribute("aria-label", names[i]));
    const wanted = JSON.stringify([wall, order]);
    if (wanted !== this.wanted) {
      const known = JSON.parse(sessionStorage.getItem(`opsWall ${wall}`) ?? "{}");
      const shown = this.wall === wall ? this.order[this.at][0] : known.path;
      Object.assign(this, { wall, order, wanted });
      this.at = Math.max(0, order.findIndex(([path]) => path === shown));
      this.hold ??= known.hold ?? false;
      this.line.replaceChildren(...order.map(() => document.createElement("i")));
    }
    const asked = only ? order.findIndex(([path]) => path === only) : -1;
    if (asked >= 0) [this.at, this.hold] = [asked, true];
    this.active = true;
    this.over.hidden = false;
    this.show();
    this.tellSize();
    this.tick();
  }

  // Unmounted: for good when the pictures are gone too; else it comes back in a moment (a redraw, a reconnect), or
  // later on a machine that has no time.
  leave() {
    clearTimeout(this.leaving);
    this.leaving = setTimeout(() => {
      if (document.querySelector('[class*="st-key-wall-screen-"]')) return this.leave();
      this.active = false;
      this.over.hidden = true;
      this.style.textContent = "";
    }, 3000);
  }

  tellSize() {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      const size = `${window.innerWidth}x${window.innerHeight}`;
      if (size === this.size) return;
      this.size = size;
      this.send(size);
    }, 1500);
  }

  get path() {
    return this.order[this.at][0];
  }

  show() {
    this.style.textContent = `.st-key-wall-screen-${this.path} { visibility: visible !important; }`;
    [...this.line.children].forEach((part, i) => {
      part.className = i === this.at ? "now" : "";
      part.style.setProperty("--done", i === this.at ? Math.min(1, this.spent / this.length) : 0);
    });
    this.held.textContent = this.hold ? this.texts.held : "";
    this.over.dataset.hold = this.hold;
    document.documentElement.dataset.wallShown = this.path;
    sessionStorage.setItem(`opsWall ${this.wall}`, JSON.stringify({ path: this.path, hold: this.hold }));
  }
  get length() {
    return this.order[this.at][1] * 1000;
  }
  go(by) {
    this.at = (this.at + by + this.order.length) % this.order.length;
    this.spent = 0;
    this.show();
    this.tellAge();
  }
  toggle() {
    this.hold = !this.hold;
    this.show();
  }
  key(event) {
    if (!this.active || event.target.closest?.("input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    const acts = { " ": () => this.toggle(), ArrowLeft: () => this.go(-1), ArrowRight: () => this.go(1) };
    if (!acts[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }
  moved() {
    this.over.dataset.pointer = true;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => delete this.over.dataset.pointer, 3000);
  }

  tick() {
    if (!this.active) return;
    const now = performance.now();
    const passed = now - this.last;
    this.last = now;
    this.listen();
    if (!this.hold) this.spent += Math.min(passed, 2000); // a machine that slept does not race through the screens
    if (this.spent >= this.length && this.order.length > 1) this.go(1);
    else this.line.children[this.at]?.style.setProperty("--done", Math.min(1, this.spent / this.length));
    const second = Math.floor((Date.now() + (this.connection.ahead ?? 0)) / 1000);
    if (second !== this.second) {
      this.second = second;
      this.tellTime();
      this.tellAge();
    }
  }

  // The server's beat lies in the page, whoever put it there.
  listen() {
    const beat = this.connection.look();
    if (beat) {
      this.beat = { ...beat };
      for (const part of beat.ages.split(" ").filter(Boolean)) {
        const [path, at] = part.split(":");
        this.ages[path] = Number(at);
      }
    }
    const { lost, heardAt } = this.connection;
    const words = !lost ? this.beat?.banner ?? "" : heardAt ? this.texts.lost.replace("{since}", this.hour(heardAt, true)) : "";
    if (this.banner.textContent !== words) this.banner.textContent = words;
  }

  hour(at, seconds = false) {
    const local = new Date(at + Number(this.beat?.shift ?? 0) * 60000).toISOString();
    return local.slice(11, seconds ? 19 : 16);
  }
  tellTime() {
    if (this.beat) this.clock.textContent = this.hour(Date.now() + this.connection.ahead);
  }
  tellAge() {
    const at = this.ages[this.path];
    if (!at) return;
    const age = Math.max(0, Math.round((Date.now() + this.connection.ahead - at) / 1000));
    const [n, unit] = age < 120 ? [age, "second"] : age < 7200 ? [Math.round(age / 60), "minute"]
      : age < 172800 ? [Math.round(age / 3600), "hour"] : [Math.round(age / 86400), "day"];
    const words = new Intl.NumberFormat(this.lang, { style: "unit", unit, unitDisplay: "long" }).format(n);
    this.age.textContent = this.texts.age.replace("{at}", this.hour(at)).replace("{age}", words);
    this.age.classList.toggle("old", age > 150 || this.connection.lost || Boolean(this.beat?.banner));
  }
}

export default function (component) {
  const wall = (window.opsWall ??= new Wall());
  wall.update(component);
  return () => wall.leave();
}
