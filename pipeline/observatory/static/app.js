// Language, colours, filters. Text is only ever set as text.
(function () {
  "use strict";
  var labels = window.PASSERELLE_LABELS || {};
  var root = document.documentElement;

  function keep(name, value) {
    try { window.localStorage.setItem("passerelle-" + name, value); } catch (error) { /* from disk, some browsers keep nothing */ }
  }
  function language() { return root.lang === "en" ? "en" : "fr"; }
  function told(key) {
    var pair = Object.prototype.hasOwnProperty.call(labels, key) ? labels[key] : null;
    return pair ? pair[language() === "en" ? 1 : 0] : key;
  }
  function each(selector, act) { Array.prototype.forEach.call(document.querySelectorAll(selector), act); }
  function fold(text) { return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae"); }

  var lengths = { 4: { year: "numeric" }, 7: { year: "numeric", month: "long" }, 10: { year: "numeric", month: "long", day: "numeric" } };
  function tellTime(element) {
    var value = element.getAttribute("datetime");
    var options = lengths[value.length];
    var parts = value.split("-").map(Number);
    var day = new Date(0);
    day.setUTCFullYear(parts[0], (parts[1] || 1) - 1, parts[2] || 1);
    if (options) element.textContent = new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "fr", Object.assign({ timeZone: "UTC" }, options)).format(day);
  }
  function tellNumber(element) {
    var options = element.dataset.currency ? { style: "currency", currency: element.dataset.currency, minimumFractionDigits: 0 } : {};
    element.textContent = new Intl.NumberFormat(language() === "en" ? "en-GB" : "fr", options).format(Number(element.value));
  }
  function tellAll() {
    each("[data-l]", function (e) { e.textContent = told(e.dataset.l); });
    each("[data-l-label]", function (e) { e.setAttribute("aria-label", told(e.dataset.lLabel)); });
    each("[data-l-placeholder]", function (e) { e.placeholder = told(e.dataset.lPlaceholder); });
    each("a[data-parts]", function (e) {
      var name = JSON.parse(e.dataset.parts).map(function (part) { return told(String(part)); }).join(" · ");
      e.setAttribute("aria-label", name);
      var title = e.querySelector("title");
      if (title) title.textContent = name;
    });
    each("time[datetime]", tellTime);
    each("data[value]", tellNumber);
    var button = document.getElementById("language");
    button.lang = language() === "en" ? "fr" : "en";
    button.setAttribute("aria-label", told("language") + " – " + told("language_name"));
  }

  function setLanguage(value) {
    root.lang = value;
    keep("language", value);
    tellAll();
    document.dispatchEvent(new Event("passerelle-language"));
  }
  document.getElementById("language").addEventListener("click", function () { setLanguage(language() === "en" ? "fr" : "en"); });
  document.getElementById("theme").addEventListener("click", function () {
    var dark = root.dataset.theme ? root.dataset.theme === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    keep("theme", root.dataset.theme);
  });

  // A word hides the rows that lack it, and dims the marks of the chart beside them.
  function matches(text, words) { return words.every(function (word) { return text.indexOf(word) >= 0; }); }
  function wordsOf(value) { return fold(value).split(/\s+/).filter(Boolean); }
  function rowText(row) { return row.folded || (row.folded = fold(row.textContent)); }
  function forget() { each("tbody tr", function (row) { row.folded = ""; }); }
  document.addEventListener("passerelle-language", forget);

  function filterTable(name, words) {
    var table = document.getElementById(name);
    var shown = 0;
    Array.prototype.forEach.call(table.tBodies[0].rows, function (row) {
      row.hidden = !matches(rowText(row), words);
      if (!row.hidden) shown += 1;
    });
    each('[data-figure-of="' + name + '"] a[data-parts]', function (mark) {
      mark.classList.toggle("dim", words.length > 0 && !matches(fold(mark.getAttribute("aria-label")), words));
    });
    each('[data-shown="' + name + '"]', function (e) { e.textContent = words.length ? shown + " " + told("shown") : ""; });
  }
  each("[data-filter]", function (input) {
    input.addEventListener("input", function () { filterTable(input.dataset.filter, wordsOf(input.value)); });
  });

  // Agreements of a year: kind, status and words; the address keeps the choice, so that a mark of a chart can lead to it.
  var facets = document.querySelectorAll("[data-facet]");
  function facetValues() {
    var values = {};
    Array.prototype.forEach.call(facets, function (facet) { values[facet.dataset.facet] = facet.value; });
    return values;
  }
  function showFacets() {
    var chosen = facetValues();
    var words = wordsOf(chosen.text);
    var shown = 0;
    Array.prototype.forEach.call(document.getElementById("rows").tBodies[0].rows, function (row) {
      row.hidden = Boolean((chosen.kind && row.dataset.kind !== chosen.kind) || (chosen.status && row.dataset.status !== chosen.status) || !matches(rowText(row), words));
      if (!row.hidden) shown += 1;
    });
    document.getElementById("facets-shown").textContent = shown + " " + told("shown");
  }
  function facetsFromAddress() {
    var asked = new URLSearchParams(location.hash.slice(1));
    Array.prototype.forEach.call(facets, function (facet) { facet.value = asked.get(facet.dataset.facet) || ""; });
    showFacets();
  }
  if (facets.length) {
    Array.prototype.forEach.call(facets, function (facet) { facet.addEventListener("input", showFacets); });
    window.addEventListener("hashchange", facetsFromAddress);
    document.addEventListener("passerelle-language", showFacets);
  }

  var here = document.querySelector(".top nav [aria-current]");
  if (here) here.scrollIntoView({ inline: "center", block: "nearest", behavior: "instant" });

  window.PASSERELLE = { told: told, fold: fold, wordsOf: wordsOf, matches: matches };
  if (language() === "en") tellAll();
  if (facets.length) facetsFromAddress();
})();
