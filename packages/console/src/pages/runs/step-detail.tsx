import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { StoredText } from '../../values/stored-text.tsx';
import { indented } from '../failures/input-text.ts';

type Step = components['schemas']['ListedRunStep'];

interface DetailProps {
  readonly step: Step;
  readonly workload: string;
  readonly name: string;
}

/** What went into a step and what came out, whole, and each attempt with its error. */
export function StepDetail({ step, workload, name }: DetailProps) {
  const { t } = useTexts();
  const query = useQuery({
    queryKey: ['run-step', workload, name, step.id, step.ended_at],
    enabled: !step.whole,
    queryFn: async () => {
      const path = { workload, name, step: step.id };
      return (await answer(api.GET('/platform/runs/{workload}/{name}/steps/{step}', { params: { path } }))).result;
    },
  });
  const { input, output, attempts } = query.data ?? step;
  return (
    <Container header={<Header variant="h2">{`${step.name} ${step.label ?? ''}`}</Header>}>
      <SpaceBetween size="m">
        <ColumnLayout columns={2}>
          <FormField label={t('failure.input')} stretch>
            <StoredText block text={indented(input ?? '')} />
          </FormField>
          <FormField label={t('runs.out')} stretch>
            <StoredText block text={indented(output ?? '')} />
          </FormField>
        </ColumnLayout>
        {attempts
          .filter(({ error }) => error !== null)
          .map(({ started_at, error, cause }) => (
            <div key={started_at}>
              <Moment at={started_at} /> <strong>{error}</strong> <StoredText text={cause ?? ''} most={2000} />
            </div>
          ))}
      </SpaceBetween>
    </Container>
  );
}
