// The peer: the same nodes, edges and positions in cytoscape.js, with the options that its documentation gives for speed.
const COLOURS = ['#0072b2', '#56b4e9', '#d55e00', '#e69f00', '#888888'];
const SIDE = 1000;
let drawn;
window.draw = ({ nodes, edges }) =>
  new Promise((done) => {
    drawn = cytoscape({
      container: document.getElementById('picture'),
      elements: [
        ...nodes.map(([x, y, unit], n) => ({ data: { id: `n${n}`, colour: COLOURS[n % 5], shape: unit ? 'rectangle' : 'ellipse' }, position: { x: x * SIDE, y: (1 - y) * SIDE } })),
        ...edges.map(([from, to], n) => ({ data: { id: `e${n}`, source: `n${from}`, target: `n${to}` } })),
      ],
      layout: { name: 'preset' },
      style: [
        { selector: 'node', style: { width: 6, height: 6, shape: 'data(shape)', 'background-color': 'data(colour)' } },
        { selector: 'edge', style: { width: 1, 'line-color': '#999999', 'curve-style': 'haystack' } },
      ],
      pixelRatio: 1, hideEdgesOnViewport: false, textureOnViewport: false, minZoom: 0.01,
    });
    drawn.one('render', () => done());
  });
window.look = (x, y, zoom) => {
  const scale = (Math.min(drawn.width(), drawn.height()) / SIDE) * zoom;
  drawn.viewport({ zoom: scale, pan: { x: drawn.width() / 2 - x * SIDE * scale, y: drawn.height() / 2 - (1 - y) * SIDE * scale } });
};
