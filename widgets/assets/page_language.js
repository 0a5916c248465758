// Says which language the page is in, and puts Streamlit's own labels, which it has in English only, into it.
// One watcher for the page's life: this function may be mounted and unmounted many times.
export default function (component) {
  const { lang, words } = component.data;
  document.documentElement.lang = lang;
  const state = (window.opsPageLanguage ??= { words: {} });
  state.words = words;
  state.change ??= () => {
    const known = state.words;
    for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
      for (const name of ["aria-label", "title", "placeholder"]) {
        const said = element.getAttribute(name);
        if (said && known[said]) element.setAttribute(name, known[said]);
        // "Remove" and a ward: what is chosen stands behind the word
        else if (said?.startsWith("Remove ") && known.Remove) element.setAttribute(name, said.replace("Remove", known.Remove));
      }
    }
    // Texts of elements that hold nothing else, such as the link that skips to the content.
    for (const element of document.querySelectorAll("a, button, summary, svg title, [role=option], [role=listbox] *")) {
      if (element.childElementCount === 0 && known[element.textContent]) element.textContent = known[element.textContent];
    }
  };
  if (!state.watcher) {
    state.watcher = new MutationObserver(state.change);
    state.watcher.observe(document.body, {
      subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["aria-label", "title", "placeholder"],
    });
  }
  state.change();
}
