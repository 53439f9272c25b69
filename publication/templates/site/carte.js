// The map of figures: one chooses a figure and a type of structure, the map and the table follow. The address keeps them.
const { places, types, figures } = window.SENACS_MAP;
const form = document.querySelector("[data-map]");
const [figure, type] = ["m-chiffre", "m-type"].map((id) => document.getElementById(id));
const shades = form.dataset.shades.split(" ");
const outlines = Object.fromEntries(Object.entries(places).map(([code, [, address]]) => [code, document.querySelector(`#m-carte a[href="${address}"] path`)]).filter(([, path]) => path));
const texts = Object.fromEntries(Object.entries(outlines).map(([code, path]) => [code, path.querySelector("title")]));
const element = (name, words, kind = "") => { const made = document.createElement(name); made.textContent = words; if (kind) made.className = kind; return made; };

const families = {};
for (const { id, label, family } of figures) {
  families[family] ??= Object.assign(document.createElement("optgroup"), { label: family });
  if (![...families[family].children].some((option) => option.value === id)) families[family].append(new Option(label, id));
}
figure.append(...Object.values(families));

// Classes of about the same number of départements; equal values stay together.
const classes = (values) => {
  const ordered = [...values].sort((a, b) => a - b);
  const cuts = shades.map((_, rank) => ordered[Math.min(ordered.length - 1, Math.ceil((ordered.length * (rank + 1)) / shades.length) - 1)]);
  return [...new Set(cuts)];
};

const show = () => {
  const kinds = figures.filter(({ id }) => id === figure.value);
  const wanted = kinds.find((one) => one.type === type.value) ?? kinds[0];
  type.replaceChildren(...kinds.map((one) => new Option(types[one.type], one.type)));
  type.value = wanted.type;
  const known = Object.entries(wanted.values).filter(([code]) => places[code]).map(([code, [value, text]]) => ({ code, value, text }));
  const cuts = classes(known.filter(({ value }) => value !== null).map(({ value }) => value));
  const shade = (value) => shades[Math.round((cuts.findIndex((cut) => value <= cut) * (shades.length - 1)) / Math.max(1, cuts.length - 1))];
  for (const [code, path] of Object.entries(outlines)) {
    const found = known.find((one) => one.code === code);
    path.setAttribute("fill", found && found.value !== null ? shade(found.value) : form.dataset.nothing);
    texts[code].textContent = `${places[code][0]}\u202f: ${found ? found.text : "nd"}`;
  }
  const texted = (value) => known.find((one) => one.value === value).text;
  document.getElementById("m-legende").replaceChildren(...cuts.map((cut, rank) => {
    const item = element("li", rank === 0 ? `jusqu’à ${texted(cut)}` : `plus de ${texted(cuts[rank - 1])}, jusqu’à ${texted(cut)}`);
    const swatch = element("span", "", "swatch");
    swatch.style.background = shade(cut);
    item.prepend(swatch);
    return item;
  }));
  known.sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity) || places[a.code][0].localeCompare(places[b.code][0], "fr"));
  document.getElementById("m-valeurs").replaceChildren(...known.map(({ code, value, text }) => {
    const row = document.createElement("tr");
    const head = element("th", "");
    head.scope = "row";
    const link = element("a", places[code][0]);
    link.href = places[code][1];
    head.append(link);
    row.append(head, element("td", text, value === null ? "n none" : "n"));
    row.addEventListener("mouseenter", () => outlines[code]?.classList.add("over"));
    row.addEventListener("mouseleave", () => outlines[code]?.classList.remove("over"));
    return row;
  }));
  document.getElementById("m-dit").replaceChildren(element("strong", `${wanted.label}, ${wanted.year}`), ` ${wanted.base} `, Object.assign(element("a", "définition et toutes les valeurs"), { href: `chiffres/${wanted.id}.html` }));
  history.replaceState(null, "", `#${wanted.id}/${wanted.type}`);
};

const chosen = () => {
  const [id, kind] = decodeURIComponent(location.hash.slice(1)).split("/");
  figure.value = figures.some((one) => one.id === id) ? id : figures[0].id;
  if (kind) type.replaceChildren(new Option(kind, kind));
  show();
};
if (figures.length) {
  form.hidden = false;
  for (const field of [figure, type]) field.addEventListener("change", show);
  addEventListener("hashchange", chosen);
  chosen();
}
