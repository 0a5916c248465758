// A file goes to the server piece by piece, each one asked for (data.next), so that a large file never lies in memory.
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const host = parentElement.querySelector(".upload");
  const own = (host.own ??= { file: null, id: null, sent: -1 });
  host.querySelector(".pick").textContent = data.button;
  host.querySelector(".hint").textContent = data.hint;
  const input = host.querySelector("input");
  const state = host.querySelector(".state");
  input.accept = data.accept;
  input.disabled = data.disabled;
  host.classList.toggle("off", data.disabled);

  const send = async (n) => {
    const { file, id } = own;
    own.sent = n;
    const piece = file.slice(n * data.piece, (n + 1) * data.piece);
    const text = await new Promise((done, failed) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result.split(",")[1] ?? "");
      reader.onerror = () => failed(reader.error);
      reader.readAsDataURL(piece);
    }).catch(() => null);
    if (id !== own.id) return;
    if (text === null) { own.file = own.id = null; state.textContent = data.failed; return; }
    state.textContent = `${file.name} · ${Math.min(100, Math.round((100 * n * data.piece) / Math.max(1, file.size)))} %`;
    setTriggerValue("piece", { id, name: file.name, size: file.size, n, data: text });
    clearTimeout(own.again);
    own.again = setTimeout(() => own.id === id && own.sent === n && send(n), 30000);  // lost on the way
  };
  const begin = (file) => {
    if (!file || data.disabled) return;
    own.file = file;
    own.id = crypto.randomUUID?.() ?? String(Math.random());
    input.value = "";
    send(0);
  };
  input.onchange = () => begin(input.files[0]);
  host.ondragover = (event) => { event.preventDefault(); host.classList.add("over"); };
  host.ondragleave = () => host.classList.remove("over");
  host.ondrop = (event) => { event.preventDefault(); host.classList.remove("over"); begin(event.dataTransfer.files[0]); };
  if (own.id && data.id === own.id) {
    if (data.done) { clearTimeout(own.again); own.file = own.id = null; state.textContent = ""; }
    else if (data.next > own.sent) send(data.next);
  }
}
