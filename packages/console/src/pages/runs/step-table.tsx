import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import type { components } from '../../api/schema.gen';
import { useTexts } from '../../texts/index.ts';
import { Moment, spanText } from '../../values/moment.tsx';
import { Count } from '../../values/numbers.tsx';
import { StateLabel } from '../../values/state-label.tsx';
import { StepDetail } from './step-detail.tsx';

export type Step = components['schemas']['ListedRunStep'];

interface StepsProps {
  readonly steps: readonly Step[];
  readonly workload: string;
  readonly name: string;
}

/** Each step as a bar on the run's own time line; one that is chosen shows what went in and what came out. */
export function StepTable({ steps, workload, name }: StepsProps) {
  const { t } = useTexts();
  const [chosen, choose] = useState<number>();
  const span = spanOf(steps);
  const step = steps.find(({ id }) => id === chosen);
  return (
    <>
      <Table<Step>
        variant="container"
        header={
          <Header variant="h2" counter={`(${steps.length})`}>
            {t('run.steps')}
          </Header>
        }
        items={[...steps]}
        trackBy={({ id }) => String(id)}
        selectionType="single"
        selectedItems={step ? [step] : []}
        onSelectionChange={({ detail }) => choose(detail.selectedItems[0]?.id)}
        ariaLabels={{
          selectionGroupLabel: t('list.select'),
          itemSelectionLabel: (_, row) => `${t('list.select')} ${row.name} ${row.label ?? ''}`,
        }}
        columnDefinitions={[
          { id: 'name', header: t('run.step'), isRowHeader: true, cell: (row) => row.name },
          { id: 'label', header: t('run.doing'), cell: (row) => <bdi>{row.label ?? '–'}</bdi> },
          { id: 'state', header: t('runs.state'), cell: (row) => <StateLabel state={row.state} /> },
          { id: 'bar', header: t('runs.duration'), minWidth: 180, cell: (row) => <Bar step={row} span={span} /> },
          { id: 'tries', header: t('failures.attempts'), cell: (row) => <Count of={row.tries} /> },
          { id: 'next', header: t('run.next-try'), cell: (row) => <Next step={row} /> },
        ]}
      />
      {step && <StepDetail key={step.id} step={step} workload={workload} name={name} />}
    </>
  );
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function spanOf(steps: readonly Step[]): Span {
  const begun = steps.map(({ started_at }) => Date.parse(started_at));
  const ended = steps.map(({ ended_at }) => (ended_at === null ? Date.now() : Date.parse(ended_at)));
  return { from: Math.min(...begun), to: Math.max(...ended) };
}

/** The bar is drawn by attributes: the content security policy allows no style in the page. */
function Bar({ step, span }: { readonly step: Step; readonly span: Span }) {
  const whole = Math.max(1, span.to - span.from);
  const from = Date.parse(step.started_at);
  const to = step.ended_at === null ? Date.now() : Date.parse(step.ended_at);
  return (
    <>
      <div className="time-line" aria-hidden="true">
        <svg viewBox="0 0 100 10" preserveAspectRatio="none" focusable="false" aria-hidden="true">
          <rect
            className={`bar ${step.state}`}
            x={((from - span.from) / whole) * 100}
            width={Math.max(0.6, ((to - from) / whole) * 100)}
            y="1"
            height="8"
          />
        </svg>
      </div>
      {spanText(to - from)}
    </>
  );
}

function Next({ step }: { readonly step: Step }) {
  if (step.next_at === null && step.waits_for === null) return <>–</>;
  return (
    <>
      {step.next_at !== null && <Moment at={step.next_at} />} {step.waits_for}
    </>
  );
}
