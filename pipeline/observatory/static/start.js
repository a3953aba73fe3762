// Runs before the page is drawn: the reader's colours and language, kept from page to page.
(function () {
  function kept(name) {
    try { return window.localStorage.getItem("passerelle-" + name); } catch (error) { return null; }
  }
  var theme = kept("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  var asked = new URLSearchParams(location.search).get("lang");
  var language = asked || kept("language");
  if (language === "en") document.documentElement.lang = "en";
})();
