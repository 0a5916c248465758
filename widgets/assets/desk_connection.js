// One a page of a desk: looks for newer figures by plain HTTP, says how old those shown are, and says over the last
// picture that the server is gone, since when, in the page's language.
const TOUCHED_FOR = 3000; // ms
const desk = {
  touchedAt: -Infinity,

  // Ask the server once (pages/looks.py) and show its answer. Silence is what the connection tells of.
  async look(state) {
    const token = document.querySelector(".fresh")?.dataset.look;
    if (!token || desk.asking) return;
    desk.asking = true;
    try {
      const address = new URL(`look?desk=${token}${desk.busy() ? "&busy" : ""}`, document.baseURI);
      const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(5000) });
      if (answer.ok) desk.show(await answer.json(), token, state);
      else if (answer.status === 404 && !desk.busy()) state.draw(); // a server that began anew knows no open desks
    } catch (error) {
      console.info("no answer to a look", error.name);
    } finally {
      desk.asking = false;
    }
  },

  // Whether Streamlit is at work for this page or can't be, or a person has just clicked or typed: a run asked for
  // before theirs has begun would end it, and their click would be lost.
  busy() {
    const app = document.querySelector('[data-testid="stApp"]')?.dataset;
    return app?.testScriptState === "running" || app?.testConnectionState !== "CONNECTED"
      || performance.now() - desk.touchedAt < TOUCHED_FOR;
  },

  show(said, token, state) {
    const fresh = document.querySelector(".fresh");
    if (fresh?.dataset.look !== token) return;
    if (desk.run !== fresh.dataset.run) desk.waiting = null; // a run has come since
    desk.run = fresh.dataset.run;
    if (said.draw && !desk.busy()) {
      desk.waiting ??= performance.now();
      state.draw();
    }
    desk.pace(said.every, state);
    // A server that answers looks but draws nothing that it is asked for does not hear this page: no beat.
    if (desk.waiting !== null && performance.now() - desk.waiting > BUSY_AFTER) return;
    fresh.dataset.at = said.at;
    fresh.classList.toggle("old", said.old);
    if (fresh.title !== said.title) fresh.title = said.title;
    const age = fresh.querySelector(".age");
    if (age && age.textContent !== said.words) age.textContent = said.words;
  },

  // Look every so many milliseconds from now on.
  pace(every, state) {
    if (desk.every === every) return;
    desk.every = every;
    clearInterval(desk.timer);
    desk.timer = setInterval(desk.look, every, state);
  },
};

export default function (component) {
  const state = (window.opsDeskConnection ??= { connection: new Connection(".fresh") });
  state.data = component.data;
  state.draw = () => component.setTriggerValue("draw", true);
  if (state.banner) return;
  state.banner = document.body.appendChild(document.createElement("div"));
  state.banner.className = "connection-lost";
  state.banner.setAttribute("role", "status");
  for (const kind of ["pointerdown", "keydown"])
    document.addEventListener(kind, () => (desk.touchedAt = performance.now()), { capture: true, passive: true });
  desk.waiting = null;
  desk.pace(2000, state);
  setInterval(() => {
    const { connection, data, banner } = state;
    connection.look();
    const since = () => new Date(connection.heardAt).toLocaleTimeString("en-GB", { timeZone: data.zone });
    const words = connection.lost && connection.heardAt ? data.lost.replace("{since}", since()) : "";
    if (banner.textContent !== words) banner.textContent = words;
    document.body.toggleAttribute("data-connection-lost", Boolean(words)); // an age that nobody tells is not shown
  }, 500);
}
