import dagre from '@dagrejs/dagre';
import { type Edge, type Node, Position } from '@xyflow/react';
import type { components } from '../../../api/schema.gen';

type Machine = components['schemas']['StateMachine'];

// A name of a state is a sentence of up to thirty characters.
const width = 210;
const height = 44;

/** How a state looks. */
export interface Look {
  readonly state: string | undefined;
  readonly words: string;
}

/** Places the states of a machine, those of a Map between the steps around it. */
export function laidOut({ states, transitions }: Machine, lookOf: (name: string) => Look) {
  const graph = new dagre.graphlib.Graph().setGraph({ rankdir: 'TB', nodesep: 30, ranksep: 36 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { name } of states) graph.setNode(name, { width, height });
  const edges = [...transitions, ...entries(states)];
  for (const { from, to } of edges) graph.setEdge(from, to);
  dagre.layout(graph);
  return {
    nodes: states.map(({ name }): Node => {
      const { x, y } = graph.node(name);
      const { state, words } = lookOf(name);
      return {
        id: name,
        position: { x: x - width / 2, y: y - height / 2 },
        data: { label: words },
        className: `state ${state ?? 'unvisited'}`,
        width,
        height,
        sourcePosition: Position.Bottom,
        targetPosition: Position.Top,
      };
    }),
    edges: edges.map(
      ({ from, to, kind }, index): Edge => ({
        id: `${index}`,
        source: from,
        target: to,
        className: kind,
        animated: kind === 'catch',
      }),
    ),
  };
}

/** From a Map or a Parallel into what it does. */
function entries(states: Machine['states']) {
  return states.flatMap(({ name, within, starts }) =>
    within !== null && starts ? [{ from: within, to: name, kind: 'within' as const }] : [],
  );
}
