// Whether this page still hears its server: shared by desks (desk_connection.js) and walls (wall/control.js).
const LOST_AFTER = 8000; // without a beat, of which there is one every two seconds
const BUSY_AFTER = 30000; // while the server is at work on this page: a long run has no beats
const RELOAD_AFTER = 60000; // the server answers others but not this page
const FORGET_EVERY = 10000;

class Connection {
  // `selector`: the element whose data-at is the server's clock in milliseconds, new with every beat.
  constructor(selector) {
    this.selector = selector;
    this.heard = performance.now();
    this.lost = false;
    // Streamlit times each run for the browser's own tools and keeps every mark: some 200 MB a day on a wall.
    setInterval(() => {
      performance.clearMarks();
      performance.clearMeasures();
    }, FORGET_EVERY);
  }

  // Look at the page now. Returns the beat's data when it is a new one; a page without beats believes Streamlit.
  look() {
    const app = document.querySelector('[data-testid="stApp"]')?.dataset;
    const connected = app?.testConnectionState === "CONNECTED";
    const beat = document.querySelector(this.selector)?.dataset;
    const fresh = beat !== undefined && beat.at !== this.at;
    if (fresh || (!beat && connected)) {
      this.at = beat?.at;
      this.heard = performance.now();
      this.heardAt = beat ? Number(beat.at) : Date.now();
      this.ahead = this.heardAt - Date.now();
    }
    const silent = performance.now() - this.heard;
    this.lost = silent > (connected && app.testScriptState === "running" ? BUSY_AFTER : LOST_AFTER);
    if (this.lost && silent > RELOAD_AFTER) this.comeBack();
    return fresh ? beat : null;
  }

  // Last resort: the server is well, this page's connection is not. Asked again just before: where no server
  // answers, a page that loads anew loses its picture.
  async comeBack() {
    if (this.asking) return;
    this.asking = true;
    // With a time limit: a kept connection may be as dead as the page's own; the next question takes another.
    const ask = () => ({ cache: "no-store", signal: AbortSignal.timeout(5000) });
    const well = () => fetch(new URL("_stcore/health", document.baseURI), ask()).then((r) => r.ok, () => false);
    if (await well()) {
      await new Promise((done) => setTimeout(done, 10000));
      if (this.lost && (await well())) window.location.reload();
    }
    setTimeout(() => (this.asking = false), 5000);
  }
}
