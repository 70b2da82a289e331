// The one script of the product. Every page works without it: it only makes the same answer come faster.
// The settings below keep the content security policy without 'unsafe-inline' and 'unsafe-eval'.
import htmx from "htmx.org";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;
htmx.config.scrollBehavior = "auto";

// A part of the page changed: say its first sentence politely, for those who do not see the change, and only when it
// says something else than before. What a person has unfolded in it stays unfolded.
let unfolded = [];
document.addEventListener("htmx:beforeSwap", (event) => {
  unfolded = [...(event.detail.target?.querySelectorAll("details[open][id]") ?? [])].map((one) => one.id);
});
document.addEventListener("htmx:afterSwap", (event) => {
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  const place = document.getElementById("pazinojums");
  const said = event.detail.target?.querySelector("[data-say]") ?? null;
  if (place && said && place.textContent !== said.textContent) place.textContent = said.textContent;
});
