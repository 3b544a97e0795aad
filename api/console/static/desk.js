// A number key chooses the answer that stands at this place, unless a text is being typed.
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLInputElement && event.target.type !== "radio";
  if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
  const choice = document.querySelectorAll(".choices input[type=radio]")[Number(event.key) - 1];
  if (choice instanceof HTMLInputElement) {
    choice.checked = true;
    choice.focus();
    event.preventDefault();
  }
});
