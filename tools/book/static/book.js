// Formulas within the text that are wider than it scroll in a box of their own.
(() => {
  const mark = () => {
    for (const formula of document.querySelectorAll("mjx-container:not([display])")) {
      formula.classList.remove("wide");
      const room = formula.parentElement.closest("p, li, td, dd, h1, h2, h3")?.clientWidth;
      if (room && formula.offsetWidth > room) formula.classList.add("wide");
    }
  };
  window.addEventListener("load", () => {
    window.MathJax?.startup?.promise?.then(mark);
    window.addEventListener("resize", mark);
  });
})();
