// Sets or deletes one cookie, once for each order: a redraw of the same order does nothing.
export default function (component) {
  const { id, name, value, seconds } = component.data;
  const done = (window.opsCookieOrders ??= new Set());
  if (done.has(id)) return;
  done.add(id);
  const secure = window.location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Max-Age=${seconds}; Path=/; SameSite=Strict${secure}`;
}
