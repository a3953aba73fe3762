// Search over names, other names and quotes, without a server.
(function () {
  "use strict";
  var app = window.PASSERELLE;
  var most = 60;
  var input = document.getElementById("q");
  var list = document.getElementById("results");
  var found = document.getElementById("found");
  var entries = null;

  function prepared() {
    entries = entries || window.PASSERELLE_INDEX.map(function (entry) {
      var name = app.fold(entry[1]);
      return { kind: entry[0], title: entry[1], more: entry[2], href: entry[3], name: name, all: name + "\n" + app.fold(entry[2]) };
    });
    return entries;
  }
  function rank(entry, words, whole) {
    if (entry.name === whole) return 0;
    if (entry.name.indexOf(whole) === 0) return 1;
    if (app.matches(entry.name, words)) return entry.kind === "document" ? 4 : 2;
    return entry.kind === "quote" ? 5 : 3;
  }
  function element(name, text, className) {
    var made = document.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  }
  function item(entry) {
    var made = document.createElement("li");
    var link = element("a", entry.title);
    link.href = entry.href;
    made.appendChild(link);
    made.appendChild(document.createTextNode(" "));
    made.appendChild(element("span", app.told(entry.kind), "badge"));
    if (entry.more) {
      var more = element("p", entry.more, "minor");
      more.lang = "fr";
      made.appendChild(more);
    }
    return made;
  }
  function show() {
    var words = app.wordsOf(input.value);
    var whole = words.join(" ");
    var hits = words.length ? prepared().filter(function (entry) { return app.matches(entry.all, words); }) : [];
    hits = hits.map(function (entry, index) { return [rank(entry, words, whole), index, entry]; })
      .sort(function (a, b) { return a[0] - b[0] || a[1] - b[1]; });
    list.replaceChildren.apply(list, hits.slice(0, most).map(function (hit) { return item(hit[2]); }));
    found.textContent = !words.length ? "" : !hits.length ? app.told("search_none")
      : app.told("search_found") + " : " + hits.length + (hits.length > most ? " (" + most + " " + app.told("search_first") + ")" : "");
  }
  input.form.addEventListener("submit", function (event) { event.preventDefault(); show(); });
  input.addEventListener("input", show);
  document.addEventListener("passerelle-language", show);
  input.value = new URLSearchParams(location.search).get("q") || "";
  show();
  input.focus();
})();
