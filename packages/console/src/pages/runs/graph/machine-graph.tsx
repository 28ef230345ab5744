import '@xyflow/react/dist/style.css';
import { Background, Controls, ReactFlow } from '@xyflow/react';
import type { components } from '../../../api/schema.gen';
import { useTheme } from '../../../shell/theme.ts';
import { stateText, useTexts } from '../../../texts/index.ts';
import { laidOut } from './lay-out.ts';

type Machine = components['schemas']['StateMachine'];
type Step = components['schemas']['ListedRunStep'];

interface GraphProps {
  readonly machine: Machine;
  readonly steps: readonly Step[];
  readonly label: string;
}

/** A state machine drawn from above to below; a state has the colour of its latest visit. The table tells the same in words. */
export default function MachineGraph({ machine, steps, label }: GraphProps) {
  const { t } = useTexts();
  const theme = useTheme();
  const { nodes, edges } = laidOut(machine, (name) => {
    const state = latestState(steps, name);
    return { state, words: state === undefined ? name : `${name} (${stateText(t, state)})` };
  });
  return (
    <section className="graph" aria-label={label}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        colorMode={theme}
        fitView
        minZoom={0.1}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        preventScrolling={false}
        proOptions={{ hideAttribution: true }}
      >
        <Background />
        <Controls showInteractive={false} />
      </ReactFlow>
    </section>
  );
}

/** Running wins, then what went wrong: of forty counties the one that failed must not hide behind those that did not. */
function latestState(steps: readonly Step[], name: string): string | undefined {
  const states = steps.filter((step) => step.name === name).map(({ state }) => state as string);
  return ['running', 'waiting', 'failed', 'caught'].find((state) => states.includes(state)) ?? states.at(-1);
}
