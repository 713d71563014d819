// "It did not help, go on": the article folds up, and the next field is where one types. Without this it is a plain link.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go-on]");
  if (!link) return;
  event.preventDefault();
  link.closest("details").open = false;
  const field = document.getElementById(link.hash.slice(1));
  field?.focus();
  field?.scrollIntoView({ block: "center" });
});
