// A plain table: sorts by clicking a head, reports the clicked row. Sort order and scroll outlive new data.
export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const host = parentElement.querySelector(".wrap");
  const memory = (host.memory ??= { by: null, down: false });
  host.style.setProperty("--table-height", data.height + "px");
  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const ordered = () => {
    if (memory.by === null || memory.by >= data.columns.length) return data.rows;
    const at = memory.by;
    const sign = memory.down ? -1 : 1;
    return [...data.rows].sort((a, b) => {
      const x = a.sort[at], y = b.sort[at];
      if (x === y) return 0;
      if (x === null) return 1; // what is unknown stays at the end, whichever way
      if (y === null) return -1;
      return x < y ? -sign : sign;
    });
  };
  const draw = () => {
    const top = host.scrollTop, left = host.scrollLeft;
    const table = make("table");
    table.setAttribute("aria-label", data.label);
    const head = make("tr");
    data.columns.forEach((column, i) => {
      const th = make("th", column.align);
      th.scope = "col";
      const sorted = memory.by === i;
      th.setAttribute("aria-sort", sorted ? (memory.down ? "descending" : "ascending") : "none");
      const button = make("button", "", column.title);
      button.title = column.note || column.title;
      button.append(make("span", "arrow", sorted ? (memory.down ? "▾" : "▴") : ""));
      button.onclick = () => {
        memory.down = sorted ? !memory.down : column.align === "right";
        memory.by = i;
        draw();
      };
      th.append(button);
      head.append(th);
    });
    const thead = make("thead");
    thead.append(head);
    const body = make("tbody", data.pick ? "pick" : "");
    for (const row of ordered()) {
      const tr = make("tr", row.key === data.selected ? "selected" : "");
      row.cells.forEach((cell, i) => {
        const tone = row.tones[i] ? " " + row.tones[i] : "";
        const [main, small] = Array.isArray(cell) ? cell : [cell, null];
        const td = make("td", data.columns[i].align + tone, main);
        if (small) td.append(make("small", "", small));
        tr.append(td);
      });
      if (data.pick) {
        tr.tabIndex = 0;
        const choose = () => setStateValue("row", { key: row.key, at: Date.now() });
        tr.onclick = choose;
        tr.onkeydown = (event) => {
          if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); }
        };
      }
      body.append(tr);
    }
    table.append(thead, body);
    host.replaceChildren(table);
    if (!data.rows.length) host.append(make("div", "none", data.empty));
    host.scrollTop = top;
    host.scrollLeft = left;
  };
  const digest = JSON.stringify(data);
  if (memory.digest !== digest) { memory.digest = digest; draw(); }
}
