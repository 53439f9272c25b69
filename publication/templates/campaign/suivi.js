// Filters of the tables. Without JavaScript the tables are whole and the fields stay hidden.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

for (const field of document.querySelectorAll("[data-filter]")) {
  const rows = [...document.getElementById(field.dataset.filter).tBodies[0].rows];
  const words = rows.map((row) => plain(row.textContent));
  field.closest("[hidden]").hidden = false;
  field.addEventListener("input", () => {
    const wanted = plain(field.value.trim());
    rows.forEach((row, rank) => { row.hidden = !words[rank].includes(wanted); });
  });
}
