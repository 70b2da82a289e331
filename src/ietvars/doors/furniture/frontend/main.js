// The one script of the product. Every page works without it: it only makes the same answer come faster.
// The settings below keep the content security policy without 'unsafe-inline' and 'unsafe-eval'.
import htmx from "htmx.org";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;
htmx.config.scrollBehavior = "auto";

// A part of the page changed: say its first sentence politely, for those who do not see the change.
document.addEventListener("htmx:afterSwap", (event) => {
  const place = document.getElementById("pazinojums");
  const said = event.detail.target?.querySelector("[data-say]") ?? null;
  if (place && said) place.textContent = said.textContent;
});
