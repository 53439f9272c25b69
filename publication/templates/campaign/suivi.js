// Filters, sorting and phone layout of the tables. Without JavaScript the tables are whole and scroll.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };

// On a phone each row becomes a card: cells carry the words of their column, and keep their roles.
const asCards = (table) => {
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.querySelector("abbr")?.title ?? cell.textContent.trim());
  for (const part of [table, ...table.querySelectorAll("thead, tbody, tr, td")]) part.setAttribute("role", roles[part.tagName]);
  for (const head of table.querySelectorAll("th")) head.setAttribute("role", head.scope === "col" ? "columnheader" : "rowheader");
  for (const row of table.tBodies[0].rows) [...row.cells].forEach((cell, rank) => { if (rank) cell.dataset.label = heads[rank]; });
};

const key = (row, column) => {
  const cell = row.cells[column];
  const text = cell.dataset.sort ?? cell.textContent.trim();
  const number = Number(text.replace(/[\s\u202f\u00a0%]/g, "").replace(",", "."));
  return Number.isNaN(number) || text === "" ? text : number;
};
const order = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "fr"));

const sortable = (table) => {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    button.type = "button";
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const rows = [...table.tBodies[0].rows].sort((a, b) => (up ? 1 : -1) * order(key(a, column), key(b, column)));
      table.tBodies[0].append(...rows);
      table.dispatchEvent(new Event("sorted"));
    });
  });
};

// A long table shows its first rows; all of them when one asks, searches, or comes from the map.
const shortened = (table) => {
  const first = Number(table.dataset.first);
  const rows = () => [...table.tBodies[0].rows];
  if (rows().length <= first + 3) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "more";
  button.textContent = `Voir les ${rows().length} lignes`;
  table.closest(".scroll").after(button);
  const show = () => { const all = !button.isConnected; rows().forEach((row, rank) => row.classList.toggle("later", !all && rank >= first)); };
  const open = () => { button.remove(); show(); };
  button.addEventListener("click", open);
  table.addEventListener("sorted", show);
  table.addEventListener("searched", open);
  addEventListener("hashchange", () => { if (table.querySelector(":target")) { open(); table.querySelector(":target").scrollIntoView({ block: "center" }); } });
  show();
};

for (const table of document.querySelectorAll("table.cards")) asCards(table);
for (const table of document.querySelectorAll("table.sorted")) sortable(table);
for (const table of document.querySelectorAll("table[data-first]")) shortened(table);

for (const field of document.querySelectorAll("[data-filter]")) {
  const table = document.getElementById(field.dataset.filter);
  const words = new Map([...table.tBodies[0].rows].map((row) => [row, plain(row.textContent)]));
  field.closest("[hidden]").hidden = false;
  field.addEventListener("input", () => {
    const wanted = plain(field.value.trim());
    table.dispatchEvent(new Event("searched"));
    words.forEach((text, row) => { row.hidden = !text.includes(wanted); });
  });
}
