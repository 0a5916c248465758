// Links between screens (a[data-go]): a plain click changes the screen without loading the page anew. New tabs, copied
// addresses and screen readers see ordinary links. One listener for the page's life, the newest mount answers.
// The bar's menus (widgets/menu_bar.py) close by a click elsewhere, by following one of their links, and by Escape.
export default function (component) {
  const state = (window.opsGo ??= {});
  state.go = (href) => component.setTriggerValue("href", href);
  state.listener ??= (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((element) => element.tagName === "A" && element.hasAttribute("data-go"));
    if (!link) return;
    event.preventDefault();
    state.go(link.getAttribute("href"));
  };
  document.addEventListener("click", state.listener);
  const open = () => document.querySelectorAll(".menus details[open]");
  state.away ??= (event) => open().forEach((menu) => {
    const inside = event.composedPath().includes(menu);
    if (!inside || event.composedPath().some((element) => element.tagName === "A")) menu.open = false;
  });
  document.addEventListener("click", state.away);
  state.escape ??= (event) => {
    if (event.key === "Escape") open().forEach((menu) => { menu.open = false; menu.firstElementChild.focus(); });
  };
  document.addEventListener("keydown", state.escape);
}
