// Puts HTML into the page by changing only what differs; a figure (data-tint) that changed tints for two seconds.
function morph(old, wanted) {
  if (old.isEqualNode(wanted)) return;
  if (old.nodeType !== wanted.nodeType || old.nodeName !== wanted.nodeName) return old.replaceWith(wanted);
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.data = wanted.data;
    return;
  }
  if (old.dataset?.tint !== undefined && old.textContent !== wanted.textContent) {
    old.getAnimations().forEach((running) => running.cancel());
    const colours = getComputedStyle(old);
    old.animate([{ color: colours.getPropertyValue("--accent") }, { color: colours.color }], { duration: 2000, easing: "ease-in" });
  }
  for (const { name } of [...old.attributes]) if (!wanted.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of wanted.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const [had, has] = [[...old.childNodes], [...wanted.childNodes]];
  has.forEach((node, i) => (had[i] ? morph(had[i], node) : old.append(node)));
  had.slice(has.length).forEach((node) => node.remove());
}

export default function ({ data, parentElement }) {
  let place = parentElement.querySelector(":scope > .wall-picture");
  if (!place) parentElement.append((place = Object.assign(document.createElement("div"), { className: "wall-picture" })));
  const wanted = document.createElement("div");
  wanted.className = "wall-picture";
  wanted.innerHTML = data.html;
  morph(place, wanted);
}
