// One a page: says over the last picture that the server is gone, since when, in the page's language.
export default function (component) {
  const state = (window.opsDeskConnection ??= { connection: new Connection(".fresh") });
  state.data = component.data;
  if (state.banner) return;
  state.banner = document.body.appendChild(document.createElement("div"));
  state.banner.className = "connection-lost";
  state.banner.setAttribute("role", "status");
  setInterval(() => {
    const { connection, data, banner } = state;
    connection.look();
    const since = () => new Date(connection.heardAt).toLocaleTimeString("en-GB", { timeZone: data.zone });
    const words = connection.lost && connection.heardAt ? data.lost.replace("{since}", since()) : "";
    if (banner.textContent !== words) banner.textContent = words;
    document.body.toggleAttribute("data-connection-lost", Boolean(words)); // an age that nobody tells is not shown
  }, 500);
}
