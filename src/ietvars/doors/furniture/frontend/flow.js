// Draws the map of a flow over the data in its page. Loaded on flow pages only; the table beside it says the same.
// Colours and type come from the style sheet's tokens. It fetches nothing and changes no address but by following links.
import cytoscape from "cytoscape";
import dagre from "cytoscape-dagre";

cytoscape.use(dagre);

const box = document.querySelector("[data-flow]");
const canvas = box?.querySelector("[role=img]");
const data = document.getElementById("plusmas-dati");

// Cytoscape would write a style sheet of its own into the page, which the policy forbids; it looks for this id first.
const stand = document.createElement("meta");
stand.id = "__________cytoscape_stylesheet";
document.head.append(stand);

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const TONES = { t0: "--iv-d6", t1: "--iv-d5", t2: "--iv-d1", t3: "--iv-d4", wait: "--iv-d2", out: "--iv-ink-3" };
const WIDTH = 168;
const HEIGHT = 64;
const ROW = 132;
const FONT = "Inter Variable, system-ui, sans-serif";

function elements({ nodes, edges }) {
  return [
    ...nodes.map((node) => ({ data: { ...node, label: `${node.name}\n${node.count}` }, classes: node.kind })),
    ...edges.map((edge, number) => ({
      data: { ...edge, id: `e${number}`, label: `${edge.count} · ${edge.time}`, colour: token(TONES[edge.tone]) },
      classes: edge.tone,
    })),
  ];
}

function style() {
  const ink = token("--iv-ink");
  const label = { "font-family": FONT, "font-size": 13, color: ink, "text-wrap": "wrap" };
  return [
    {
      selector: "node",
      style: {
        ...label,
        label: "data(label)",
        shape: "round-rectangle",
        width: WIDTH,
        height: (node) => Math.max(HEIGHT, 20 + 17 * lines(node.data("label"), 21)),
        "text-max-width": WIDTH - 16,
        "text-valign": "center",
        "line-height": 1.25,
        "background-color": "#fff",
        "border-width": 1.25,
        "border-color": token("--iv-ink-2"),
      },
    },
    { selector: "node.start", style: { "border-width": 3 } },
    { selector: "node.end", style: { "background-color": ink, "border-color": ink, color: "#fff" } },
    {
      selector: "edge",
      style: {
        ...label,
        label: "data(label)",
        width: "data(width)",
        "line-color": "data(colour)",
        "target-arrow-color": "data(colour)",
        "target-arrow-shape": "triangle",
        "arrow-scale": 0.9,
        "curve-style": "bezier",
        "text-background-color": token("--iv-mist"),
        "text-background-opacity": 0.92,
        "text-background-padding": 2,
        "line-height": 1.2,
      },
    },
    { selector: "edge.wait", style: { "line-style": "dashed", "line-dash-pattern": [7, 4] } },
    { selector: "edge.out", style: { "line-style": "dashed", "line-dash-pattern": [2, 4] } },
    { selector: ":loop", style: { "loop-direction": "90deg", "loop-sweep": "50deg", "control-point-step-size": 70 } },
  ];
}

function lines(text, width) {
  return text.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / width)), 0);
}

// Passages to the next row run straight; those that skip rows bow to the right, those that go back bow to the left: the
// longer, the further out, so that none runs under a step and labels lie apart. A curve reaches half as far as its
// control point.
function bow(graph) {
  for (const side of [1, -1]) {
    const bowed = graph
      .edges()
      .filter((edge) => !edge.isLoop() && Math.sign(rowsOf(edge)) === side && rowsOf(edge) !== 1)
      .sort((one, other) => Math.abs(rowsOf(one)) - Math.abs(rowsOf(other)));
    const apart = box.clientWidth < 640 ? 16 : 30;
    bowed.forEach((edge, number) => {
      const reach = WIDTH / 2 + 44 + apart * number;
      edge.style({ "curve-style": "unbundled-bezier", "control-point-distances": -2 * reach });
    });
  }
}

const rowsOf = (edge) => Math.round((edge.target().position().y - edge.source().position().y) / ROW);

// Rows come from all passages; places within them only from those to the next row, so that the main way runs straight.
function lay(graph) {
  const how = {
    name: "dagre",
    rankDir: "TB",
    nodeSep: 70,
    rankSep: ROW - HEIGHT,
    edgeWeight: (edge) => edge.data("width") ** 2,
    fit: false,
  };
  graph.layout(how).run();
  const straight = graph.edges().filter((edge) => rowsOf(edge) === 1);
  graph.nodes().union(straight).layout(how).run();
}

function draw() {
  box.hidden = false;
  for (const one of document.querySelectorAll("[data-flow-legend]")) one.hidden = false;
  const graph = cytoscape({
    container: canvas,
    elements: elements(JSON.parse(data.textContent)),
    style: style(),
    layout: { name: "preset" },
    userZoomingEnabled: false,
    userPanningEnabled: false,
    autoungrabify: true,
    autounselectify: true,
    boxSelectionEnabled: false,
  });
  lay(graph);
  bow(graph);
  place(graph);
  graph.on("tap", "[href]", (event) => {
    const href = event.target.data("href");
    if (href) location.assign(href);
  });
  graph.on("mouseover mouseout", "[href]", (event) => {
    box.dataset.over = String(event.type === "mouseover" && Boolean(event.target.data("href")));
  });
  new ResizeObserver(() => place(graph)).observe(box);
}

// The drawing takes the room that it needs; where the page is narrower, its box scrolls sideways. Type does not shrink
// below four fifths.
function place(graph) {
  const held = graph.elements().boundingBox();
  const zoom = Math.min(1, Math.max(0.8, (box.clientWidth - 32) / held.w));
  canvas.style.width = `${Math.max(box.clientWidth, Math.ceil(held.w * zoom) + 32)}px`;
  canvas.style.height = `${Math.ceil(held.h * zoom) + 40}px`;
  graph.resize();
  graph.zoom(zoom);
  graph.center();
}

if (box && data) document.fonts.ready.then(draw);
