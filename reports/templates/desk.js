"use strict";
// The keys of the review desk. Everything on the page is a link or a form: without this, they are clicked.
(() => {
  const form = document.getElementById("decide");
  const points = document.getElementById("points");
  const words = document.getElementById("words");

  const entered = () => form && JSON.stringify([...new FormData(form)]);
  const before = entered();
  let warnedOf = "";

  // Whoever leaves with something that is not saved is asked once: the same key again leaves.
  const mayLeave = (key) => {
    if (!form || entered() === before || warnedOf === key) return true;
    const warning = form.querySelector(".unsaved");
    warning.textContent = warning.dataset.text;
    warnedOf = key;
    return false;
  };

  // A key presses what says that it is its own.
  const press = (key) => {
    const target = document.querySelector(`[data-key="${key}"]`);
    if (target && mayLeave(key)) target.click();
    return Boolean(target);
  };

  const chooseNextComment = () => {
    const choices = [...form.querySelectorAll('input[name="comment"]')];
    if (!choices.length) return false;
    const next = choices[(choices.findIndex((choice) => choice.checked) + 1) % choices.length];
    next.checked = true;
    next.focus();
    return true;
  };

  const typePoints = (text, isWhole) => {
    points.focus();
    points.value = text;
    if (isWhole) points.select();
    else points.setSelectionRange(text.length, text.length);
    return true;
  };

  const keysOfForm = (key) => {
    if (!form) return false;
    if (/^[0-9]$/.test(key)) return typePoints(key, false);
    if (key === "f") return typePoints(points.dataset.most, true);
    if (key === "r") return chooseNextComment();
    if (key === "c") {
      words.focus();
      return true;
    }
    if (key === "Enter") {
      form.requestSubmit();
      return true;
    }
    return false;
  };

  const isField = (element) => element.matches("textarea, input:not([type=radio], [type=checkbox])");

  document.addEventListener("keydown", (event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    if (event.key === "Enter" && event.ctrlKey && form && form.contains(target)) {
      form.requestSubmit();
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && target instanceof HTMLElement) {
      target.blur();
      return;
    }
    if (isField(target)) {
      // In the field for the points, letters are no text.
      if (target !== points || !/^[a-z]$/.test(event.key)) return;
    }
    // Enter follows a link or presses a button, whoever it is on.
    if (event.key === "Enter" && target.closest("a, button, summary, input, textarea")) return;
    if (press(event.key) || keysOfForm(event.key)) event.preventDefault();
  });

  // A second Enter while the page is on its way saves nothing twice.
  for (const each of document.forms) {
    each.addEventListener("submit", (event) => {
      if (each.dataset.sent) event.preventDefault();
      each.dataset.sent = "yes";
    });
  }
})();
