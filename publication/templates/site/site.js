// Search, lists and filters. Every page says the same without JavaScript, less conveniently.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const shown = 200;

const linked = (address, words, detail) => {
  const item = document.createElement("li");
  const text = address ? document.createElement("a") : document.createElement("span");
  if (address) text.href = address;
  text.textContent = words;
  const about = document.createElement("span");
  about.className = "code";
  about.textContent = ` ${detail}`;
  item.append(text, about);
  return item;
};

const counted = (number, one, many) => (number === 0 ? `Aucun résultat` : number === 1 ? `1 ${one}` : `${number} ${many}`);

const chooser = document.querySelector("[data-go]");
if (chooser) chooser.addEventListener("change", () => { if (chooser.value) location.href = chooser.value; });

const results = document.getElementById("r-liste");
if (results) {
  const asked = new URLSearchParams(location.search).get("q") || "";
  document.getElementById("cherche").value = asked;
  const words = plain(asked).split(/\s+/).filter(Boolean);
  const found = words.length
    ? window.SENACS_INDEX.filter((entry) => { const text = plain(entry.join(" ")); return words.every((word) => text.includes(word)); })
    : [];
  const title = (entry) => plain(entry[0]);
  found.sort((a, b) => title(b).startsWith(words[0]) - title(a).startsWith(words[0]));
  document.getElementById("r-compte").textContent = counted(found.length, "résultat", "résultats");
  results.append(...found.slice(0, shown).map(([name, kind, address]) => linked(address, name, kind)));
}

const directory = document.querySelector("[data-structures]");
if (directory) {
  directory.hidden = false;
  const [words, departement, kind] = ["s-mots", "s-dep", "s-type"].map((id) => document.getElementById(id));
  const folded = window.SENACS_STRUCTURES.map((row) => plain(`${row[1]} ${row[2]}`));
  const list = () => {
    const wanted = plain(words.value.trim());
    const rows = window.SENACS_STRUCTURES.filter((row, rank) => (!kind.value || row[0] === kind.value) && (!departement.value || row[3] === departement.value) && folded[rank].includes(wanted));
    document.getElementById("s-compte").textContent = counted(rows.length, "structure", "structures") + (rows.length > shown ? `, les ${shown} premières` : "");
    document.getElementById("s-liste").replaceChildren(...rows.slice(0, shown).map((row) => linked(row[4] && `../${row[4]}`, row[1], `${row[0]}, ${row[2]}`)));
  };
  directory.addEventListener("input", list);
  directory.addEventListener("submit", (event) => event.preventDefault());
  list();
}

const sheets = document.querySelector("[data-sheets]");
if (sheets) {
  sheets.hidden = false;
  const [departement, partner] = ["f-dep", "f-part"].map((id) => document.getElementById(id));
  const cards = [...document.querySelectorAll(".sheet")];
  sheets.addEventListener("change", () => {
    for (const card of cards) {
      const there = !departement.value || card.dataset.departement === departement.value;
      card.hidden = !there || !(!partner.value || card.dataset.partners.split("|").includes(partner.value));
    }
    document.getElementById("f-compte").textContent = counted(cards.filter((card) => !card.hidden).length, "fiche", "fiches");
  });
}
