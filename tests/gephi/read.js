// Run by Rhino beside Gephi's toolkit: reads FILE as Gephi's own window would, and writes to OUT what came of it, as JSON.
var lookup = Packages.org.openide.util.Lookup.getDefault();
var projects = lookup.lookup(Packages.org.gephi.project.api.ProjectController);
projects.newProject();
var workspace = projects.getCurrentWorkspace();
var importing = lookup.lookup(Packages.org.gephi.io.importer.api.ImportController);
var container = importing.importFile(new java.io.File(arguments[0]));
container.getLoader().setAutoScale(false); // its window fits the picture to itself; here positions are compared
var problems = [];
var issues = container.getReport().getIssues(10000);
while (issues.hasNext()) {
  var issue = issues.next();
  problems.push(String(issue.getLevel()) + ' ' + String(issue.getMessage()));
}
importing.process(container, new Packages.org.gephi.io.processor.plugin.DefaultProcessor(), workspace);
var model = lookup.lookup(Packages.org.gephi.graph.api.GraphController).getGraphModel(workspace);
var graph = model.getDirectedGraph();
var kind = null;
var columns = model.getNodeTable().iterator();
while (columns.hasNext()) {
  var column = columns.next();
  if (String(column.getTitle()) == 'kind' || String(column.getId()) == 'n_kind') kind = column;
}
var nodes = {}, edges = [];
var each = graph.getNodes().iterator();
while (each.hasNext()) {
  var node = each.next();
  nodes[String(node.getId())] = {
    label: String(node.getLabel()),
    at: [Number(node.x()), Number(node.y())],
    colour: [node.getColor().getRed(), node.getColor().getGreen(), node.getColor().getBlue()],
    kind: String(node.getAttribute(kind)),
  };
}
each = graph.getEdges().iterator();
while (each.hasNext()) {
  var edge = each.next();
  edges.push([String(edge.getSource().getId()), String(edge.getTarget().getId()), String(edge.getTypeLabel()), Boolean(edge.isDirected())]);
}
var out = new java.io.OutputStreamWriter(new java.io.FileOutputStream(arguments[1]), 'UTF-8');
out.write(JSON.stringify({nodes: nodes, edges: edges, problems: problems}));
out.close();
