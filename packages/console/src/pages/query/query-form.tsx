import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useTexts } from '../../texts/index.ts';

interface QueryFormProps {
  readonly sql: string;
  readonly write: (sql: string) => void;
  readonly isRunning: boolean;
  readonly run: () => void;
  readonly stop: () => void;
}

/** Where a query is written, run and stopped. */
export function QueryForm({ sql, write, isRunning, run, stop }: QueryFormProps) {
  const { t } = useTexts();
  const isReady = sql.trim() !== '' && !isRunning;
  return (
    <Container>
      <SpaceBetween size="s">
        <FormField label={t('query.sql')} constraintText={t('query.limits')} stretch>
          <div className="sql">
            <Textarea
              value={sql}
              rows={6}
              spellcheck={false}
              autoComplete={false}
              placeholder="SELECT county, count(*) AS deals FROM deals GROUP BY county ORDER BY deals DESC"
              onChange={({ detail }) => write(detail.value)}
              onKeyDown={({ detail }) => {
                if (isReady && detail.key === 'Enter' && (detail.ctrlKey || detail.metaKey)) run();
              }}
            />
          </div>
        </FormField>
        <SpaceBetween size="xs" direction="horizontal">
          <Button variant="primary" disabled={!isReady} loading={isRunning} onClick={run}>
            {t('query.run')}
          </Button>
          <Button disabled={!isRunning} onClick={stop}>
            {t('run.stop')}
          </Button>
        </SpaceBetween>
      </SpaceBetween>
    </Container>
  );
}
