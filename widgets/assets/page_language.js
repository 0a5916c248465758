// Says which language the page is in, and puts Streamlit's own labels, which it has in English only, into it.
export default function (component) {
  const { lang, words } = component.data;
  document.documentElement.lang = lang;
  const change = () => {
    for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
      for (const name of ["aria-label", "title", "placeholder"]) {
        const said = element.getAttribute(name);
        if (said && words[said]) element.setAttribute(name, words[said]);
      }
    }
    // Texts of elements that hold nothing else, such as the link that skips to the content.
    for (const element of document.querySelectorAll("a, button, summary, [role=option], [role=listbox] *")) {
      if (element.childElementCount === 0 && words[element.textContent]) element.textContent = words[element.textContent];
    }
  };
  change();
  const watcher = new MutationObserver(change);
  watcher.observe(document.body, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["aria-label", "title", "placeholder"],
  });
  return () => watcher.disconnect();
}
