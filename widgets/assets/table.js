// A plain table: sorts by clicking a head, reports the clicked row. Sort order and scroll outlive new data. Where the
// rows are one page of many (data.order), the server sorts and is told the order asked for.
export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const host = parentElement.querySelector(".wrap");
  const memory = (host.memory ??= { by: null, down: false });
  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const plain = (order) => order.replace("-", "");
  const spark = (values, text) => {
    const low = Math.min(...values), span = Math.max(...values) - low || 1;
    const points = values.map((v, k) => `${2 + (62 * k) / (values.length - 1)},${19 - ((v - low) / span) * 16}`);
    const [x, y] = points.at(-1).split(",");
    const drawn = make("span", "spark");
    drawn.innerHTML = `<svg width="68" height="22" role="img"><polyline points="${points.join(" ")}"/><circle cx="${x}" cy="${y}" r="2.6"/></svg>`;
    drawn.firstChild.setAttribute("aria-label", text);
    drawn.title = text;
    return drawn;
  };
  const ordered = () => {
    if (data.order !== null || memory.by === null || memory.by >= data.columns.length) return data.rows;
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
  // As many rows as fit are shown whole; the height asked for is the most.
  const wholeRows = (table, body) => {
    host.style.scrollPaddingTop = table.tHead.offsetHeight + "px";
    const ends = [...body.rows].map((tr) => tr.offsetTop + tr.offsetHeight).filter((end) => end <= data.height);
    const fits = table.offsetHeight <= data.height || !ends.length || host.scrollWidth > host.clientWidth;
    host.style.setProperty("--table-height", (fits ? data.height : ends.at(-1)) + "px");
  };
  const draw = () => {
    const top = host.scrollTop, left = host.scrollLeft;
    const table = make("table");
    table.setAttribute("aria-label", data.label);
    const head = make("tr");
    data.columns.forEach((column, i) => {
      const th = make("th", column.align);
      th.scope = "col";
      const served = data.order !== null;
      const sorted = served ? column.order !== "" && plain(data.order) === plain(column.order) : memory.by === i;
      const down = served ? data.order.startsWith("-") : memory.down;
      th.setAttribute("aria-sort", sorted ? (down ? "descending" : "ascending") : "none");
      const button = make("button", "", column.title);
      button.title = column.note || column.title;
      button.append(make("span", "arrow", sorted ? (down ? "▾" : "▴") : ""));
      if (served && !column.order) button.disabled = true;
      button.onclick = () => {
        if (served) {
          const turned = column.order.startsWith("-") ? plain(column.order) : "-" + column.order;
          setStateValue("order", { by: data.order === column.order ? turned : column.order, at: Date.now() });
          return;
        }
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
        const td = make("td", data.columns[i].align + tone);
        const to = row.links?.[i] || (row.sort[i] ? data.columns[i].link : "");
        if (to) {
          const link = make("a", "go", main);
          link.href = to.replace("{key}", encodeURIComponent(row.key)).replace("{text}", encodeURIComponent(main));
          link.dataset.go = "";
          td.append(link);
        } else if (row.sparks?.[i].length > 1) td.append(spark(row.sparks[i], main));
        else td.textContent = main;
        if (small) td.append(make("small", "", small));
        tr.append(td);
      });
      if (data.pick) {
        tr.tabIndex = 0;
        const choose = () => setStateValue("row", { key: row.key, at: Date.now() });
        const isLink = (event) => event.target.closest("a") !== null;
        tr.onclick = (event) => { if (!isLink(event)) choose(); };
        tr.onkeydown = (event) => {
          if (isLink(event)) return;
          if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); }
        };
      }
      body.append(tr);
    }
    table.append(thead, body);
    host.replaceChildren(table);
    if (!data.rows.length) host.append(make("div", "none", data.empty));
    wholeRows(table, body);
    host.scrollTop = top;
    host.scrollLeft = left;
  };
  const digest = JSON.stringify(data);
  if (memory.digest !== digest) { memory.digest = digest; draw(); }
}
