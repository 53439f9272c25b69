// The figures of a territory, and what is under one of them. Data come as scripts, read when asked: a disk allows it.
const asked = {};
const told = {};
window.senacs = (name, content) => told[name](content);
const load = (name, path) => (asked[name] ??= new Promise((done, failed) => {
  told[name] = done;
  const script = document.createElement("script");
  script.src = `traces/${path}.js`;
  script.onerror = () => failed(new Error(path));
  document.head.append(script);
}));

const nothing = "–";
const at = (id) => document.getElementById(id);
const element = (name, words = "", kind = "") => { const made = document.createElement(name); made.textContent = words; if (kind) made.className = kind; return made; };
const link = (address, words) => { const made = element("a", words); made.href = address; return made; };
const french = (value, decimals) => (value === null || value === undefined ? nothing : new Intl.NumberFormat("fr-FR", decimals === undefined ? { maximumFractionDigits: 4 } : { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value));
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const fields = ["type", "indicator", "breakdown", "rounded", "decimals", "unit", "value", "numerator", "denominator", "respondents", "imputed", "agreed"];
const named = (row) => Object.fromEntries(fields.map((name, rank) => [name, row[rank]]));
const figureText = (index, figure) => (figure.value === null ? "nd" : [french(Number(figure.rounded), figure.decimals), index.symbols[figure.unit]].filter(Boolean).join("\u202f"));
const label = (index, figure) => {
  const [words, , , choices] = index.indicators[figure.indicator] ?? [figure.indicator];
  return figure.breakdown ? `${words}, ${(index.choices[choices] ?? {})[figure.breakdown] ?? figure.breakdown}` : words;
};
const typeLabel = (index, type) => index.types[type] ?? "Ensemble";
const territory = (index, id) => index.territories.find(([known]) => known === id);
const cells = (row, values) => { for (const [value, kind] of values) { const cell = element(row.children.length ? "td" : "th", "", kind ?? ""); if (cell.tagName === "TH") cell.scope = "row"; cell.append(value ?? nothing); row.append(cell); } };

async function figures() {
  const index = await load("index", "index");
  const [place, type, words] = ["c-territoire", "c-type", "c-mots"].map(at);
  const groups = {};
  for (const [id, name, level] of index.territories) {
    groups[level] ??= Object.assign(document.createElement("optgroup"), { label: level });
    groups[level].append(new Option(name, id));
  }
  place.append(...Object.values(groups));
  for (const [id, name] of Object.entries(index.types)) type.append(new Option(name, id));
  type.append(new Option("Ensemble", "ALL"));
  const body = at("c-table").tBodies[0];
  const indicators = Object.keys(index.indicators);
  const types = [...Object.keys(index.types), "ALL"];
  const list = async () => {
    const id = place.value;
    const { figures: rows } = await load(`territory/${id}`, `territoires/${id}`);
    if (place.value !== id) return;
    const wanted = folded(words.value.trim());
    const kept = rows.map(named).filter((figure) => (!type.value || figure.type === type.value) && folded(label(index, figure)).includes(wanted));
    at("c-compte").textContent = `${french(kept.length)} chiffres`;
    const rank = (figure) => 10 * indicators.indexOf(figure.indicator) + types.indexOf(figure.type);
    kept.sort((a, b) => rank(a) - rank(b));
    let family = "";
    body.replaceChildren(...kept.flatMap((figure) => {
      const address = [index.campaign, id, figure.type, figure.indicator, figure.breakdown].filter(Boolean).join("/");
      const row = document.createElement("tr");
      cells(row, [
        [label(index, figure)], [typeLabel(index, figure.type)], [link(`chiffre.html#${address}`, figureText(index, figure)), "n"],
        [french(figure.respondents), "n"], [french(figure.agreed), "n"], [address, "code"],
      ]);
      const of = index.families[(index.indicators[figure.indicator] ?? [])[1]] ?? "Autres";
      if (of === family) return [row];
      family = of;
      const heading = element("tr", "", "family");
      heading.append(Object.assign(element("th", of), { scope: "rowgroup", colSpan: 6 }));
      return [heading, row];
    }));
    asCards(at("c-table"));
  };
  const chosen = () => { const id = decodeURIComponent(location.hash.slice(1)); place.value = territory(index, id) ? id : index.territories[0][0]; list(); };
  place.addEventListener("change", () => { history.replaceState(null, "", `#${place.value}`); list(); });
  for (const field of [type, words]) field.addEventListener("input", list);
  addEventListener("hashchange", chosen);
  document.querySelector(".choose").addEventListener("submit", (event) => event.preventDefault());
  document.querySelector("[data-figures]").hidden = false;
  chosen();
}

const most = 1500;
function table(section, heading, columns, rows, numbers = []) {
  const title = element("h2", `${heading} (${french(rows.length)})`);
  section.replaceChildren(title);
  section.hidden = false;
  if (!rows.length) { section.append(element("p", "Aucune.")); return; }
  const search = Object.assign(element("input"), { type: "search", autocomplete: "off" });
  const field = element("label", "Chercher une structure, un fichier, une question ");
  field.append(search);
  const note = element("p", "", "code");
  note.setAttribute("role", "status");
  const shown = element("table", "", "cards");
  const head = shown.createTHead().insertRow();
  columns.forEach((words, rank) => { const cell = element("th", words, numbers.includes(rank) ? "n" : ""); cell.scope = "col"; head.append(cell); });
  const body = shown.createTBody();
  const texts = rows.map((row) => folded(row.join(" ")));
  const list = () => {
    const wanted = folded(search.value.trim());
    const kept = rows.filter((_, rank) => texts[rank].includes(wanted));
    note.textContent = kept.length > most ? `${french(kept.length)} lignes, les ${french(most)} premières` : "";
    body.replaceChildren(...kept.slice(0, most).map((values) => { const row = document.createElement("tr"); cells(row, values.map((value, rank) => [value === "" ? null : value, numbers.includes(rank) ? "n" : ""])); return row; }));
    asCards(shown);
  };
  search.addEventListener("input", list);
  const holder = element("div", "", "scroll");
  Object.assign(holder, { tabIndex: 0 });
  holder.setAttribute("role", "region");
  holder.setAttribute("aria-label", heading);
  holder.append(shown);
  if (rows.length > 12) { const line = element("p", "", "filter"); line.append(field); section.append(line); }
  section.append(note, holder);
  list();
}

async function trace() {
  const index = await load("index", "index");
  const address = decodeURIComponent(location.hash.slice(1));
  const [, id, type, indicator, breakdown = ""] = address.split("/");
  const place = territory(index, id);
  const found = place && (await load(`territory/${id}`, `territoires/${id}`));
  const figure = found && found.figures.map(named).find((one) => one.type === type && one.indicator === indicator && one.breakdown === breakdown);
  const computation = index.computations.find(([key]) => key === `${type}/${indicator}/${breakdown}`);
  if (!figure || !computation) { at("t-lieu").textContent = `Pas de chiffre à l’adresse « ${address} ».`; return; }
  const [, variables, computed, base, fromFrame, imputes] = computation;
  const structures = index.structures;
  const member = new Set(found.members.filter((rank) => type === "ALL" || structures[rank][1] === type));
  const counted = new Set(await load(`base/${base}`, `bases/${base}`));
  const parts = await Promise.all(variables.map((name) => load(`variable/${name}`, `variables/${name}`)));
  const nameOf = (rank) => (typeof rank === "number" ? `${structures[rank][0]} ${structures[rank][2]}` : rank);
  document.title = `${label(index, figure)}, ${place[1]}`;
  at("t-retour").href = `chiffres.html#${id}`;
  at("t-lieu").textContent = `${place[1]}, ${typeLabel(index, type).toLowerCase()}, campagne ${index.campaign}`;
  at("t-titre").textContent = label(index, figure);
  at("t-valeur").textContent = figureText(index, figure);
  at("t-base").textContent = (index.indicators[indicator][2] || "").replace("{n}", `${french(figure.respondents)} structures`);
  const facts = [
    ["Valeur entière", french(figure.value)], ["Numérateur", french(figure.numerator)], ["Dénominateur", french(figure.denominator)],
    ["Répondants", french(figure.respondents)], ["dont imputés", french(figure.imputed)], ["Structures agréées", french(figure.agreed)],
    ["Base", index.bases[base] || "toutes les réponses"], ...Object.entries(computed).map(([name, sql]) => [`Calcul de ${name}`, sql]),
    ["Adresse", address], ["Dans le terminal", `senacs trace ${address}`],
  ].filter(([, value]) => value !== nothing);
  at("t-calcul").replaceChildren(...facts.flatMap(([words, value]) => [element("dt", words), element("dd", value)]));
  document.querySelector("[data-trace]").hidden = false;
  if (fromFrame) {
    const rows = [...member].map((rank) => [nameOf(rank), index.types[structures[rank][1]], structures[rank][3]]);
    at("t-reponses").replaceChildren();
    table(at("t-reponses"), "Structures agréées, d’après leur liste : aucune réponse n’est dessous", ["Structure", "Type", "Commune"], rows);
    return;
  }
  const rows = parts.flatMap((part, rank) => part.answers.filter(([structure]) => member.has(structure)).map(([structure, status, raw, value, file, sheet, cell, received, decision]) => [
    nameOf(structure), index.variables[variables[rank]] ?? variables[rank], index.statuses[status] ?? status, raw ?? "", (value ?? "").replace(".", ","),
    counted.has(structure) ? "oui" : "non", [index.files[file], sheet, cell].filter(Boolean).join(" · "), [decision, received && `reçu : ${received}`].filter(Boolean).join(", "),
  ]));
  rows.sort((a, b) => a[0].localeCompare(b[0]) || a[1].localeCompare(b[1]));
  table(at("t-reponses"), "Réponses", ["Structure", "Question", "Réponse", "Texte lu", "Valeur", "Compte", "Fichier, feuille, cellule", "Décision"], rows, [4]);
  const imputed = imputes ? parts.flatMap((part, rank) => part.imputed.filter(([structure]) => member.has(structure)).map(([structure, value, method, campaign, donor, donorValue, stratum]) => [
    nameOf(structure), index.variables[variables[rank]] ?? variables[rank], french(value), index.methods[method] ?? method, `${campaign ?? ""} ${donor ?? ""}`, french(donorValue), stratum ?? "",
  ])) : [];
  if (imputed.length) table(at("t-imputations"), "Valeurs imputées", ["Structure", "Question", "Valeur", "Méthode", "Donneur", "Sa valeur", "Strate"], imputed, [2, 5]);
  const decisions = index.decisions.filter(([structure, variable]) => member.has(structure) && (!variable || variables.includes(variable))).map(([structure, variable, ...others]) => [nameOf(structure), index.variables[variable] ?? variable, ...others]);
  if (decisions.length) table(at("t-decisions"), "Décisions prises", ["Structure", "Question", "Règle", "Action", "Valeur", "Motif", "Auteur", "Le", "État"], decisions);
}

const missing = (error) => { document.querySelector("main").append(element("p", `Les données de cette page ne sont pas là (${error.message}) : refaites senacs suivi.`)); };
if (document.querySelector("[data-figures]")) figures().catch(missing);
if (document.querySelector("[data-trace]")) {
  const show = () => trace().catch(missing);
  addEventListener("hashchange", show);
  show();
}
