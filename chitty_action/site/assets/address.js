// The address says what is shown: `#health?class=down&text=router&sort=-latency`. So it survives a reload, and can be sent.

function readAddress() {
  const [id, query = ""] = location.hash.slice(1).split("?", 2);
  return { id, query: new URLSearchParams(query) };
}

function writeAddress(id, query) {
  const text = query.toString();
  const hash = `#${id}${text && "?"}${text}`;
  if (hash !== location.hash) history.replaceState(history.state, "", hash);
}
