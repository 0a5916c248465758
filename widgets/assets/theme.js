// The light/dark switch. Streamlit keeps the theme in localStorage per path and reads it when a page loads.
export default function (component) {
  const { data, parentElement } = component;
  const button = parentElement.querySelector("button");
  button.textContent = data.label;
  button.title = data.title;
  button.onclick = () => {
    const root = data.root;
    for (const path of data.paths) {
      window.localStorage.setItem("stActiveTheme-" + root + path + "-v2", JSON.stringify(data.to));
    }
    window.location.reload();
  };
}
