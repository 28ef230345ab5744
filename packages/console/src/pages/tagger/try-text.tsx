import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import TokenGroup from '@cloudscape-design/components/token-group';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { Problem } from '../../lists/problem.tsx';
import { useTexts } from '../../texts/index.ts';

type Tried = components['schemas']['TriedMessage'];

interface TryTextProps {
  /** @default those that count */
  readonly rules?: string | undefined;
}

/** A text, or a page with it, tagged now as the services would tag it. */
export function TryText({ rules }: TryTextProps) {
  const { t } = useTexts();
  const [text, setText] = useState('');
  const [url, setUrl] = useState('');
  const tried = useTry({ text, url, rules });
  return (
    <Container header={<Header variant="h2">{t('tagger.try')}</Header>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          tried.mutate();
        }}
      >
        <Form
          actions={
            <Button variant="primary" loading={tried.isPending} disabled={text === '' && url === ''}>
              {t('tagger.tag')}
            </Button>
          }
        >
          <SpaceBetween size="m">
            <FormField label={t('tagger.text')} stretch>
              <Textarea value={text} rows={4} onChange={({ detail }) => setText(detail.value)} />
            </FormField>
            <FormField label={t('tagger.url')} stretch>
              <Input value={url} type="url" onChange={({ detail }) => setUrl(detail.value)} />
            </FormField>
            {tried.isError && <Problem error={tried.error} again={() => tried.mutate()} />}
            {tried.data && <Result tried={tried.data} />}
          </SpaceBetween>
        </Form>
      </form>
    </Container>
  );
}

interface Asked extends TryTextProps {
  readonly text: string;
  readonly url: string;
}

function useTry({ text, url, rules }: Asked) {
  return useMutation({
    mutationFn: async () =>
      (
        await answer(
          api.POST('/tagger/try', {
            body: { text, ...(url === '' ? {} : { url }), ...(rules === undefined ? {} : { rules }) },
          }),
        )
      ).result,
  });
}

function Result({ tried }: { readonly tried: Tried }) {
  const { t } = useTexts();
  return (
    <KeyValuePairs
      columns={2}
      items={[
        {
          label: t('tagger.tags'),
          value:
            tried.tags.length === 0 ? (
              '–'
            ) : (
              <SpaceBetween size="xxs">
                {tried.tags.map(({ tag, score, source }) => (
                  <div key={tag}>
                    {tag}{' '}
                    <Box variant="small">
                      {t(`tagger.by-${source}`, { score: score.toFixed(2) })}
                      {source === 'rule' && <Because rules={tried.rules} tag={tag} />}
                    </Box>
                  </div>
                ))}
              </SpaceBetween>
            ),
        },
        {
          label: t('tagger.keywords'),
          value: <TokenGroup readOnly items={tried.keywords.map(({ word }) => ({ label: word }))} />,
        },
        { label: t('tagger.model'), value: `${tried.tagger.model} ${tried.tagger.version}` },
        ...(tried.exception === undefined
          ? []
          : [{ label: t('failures.reason'), value: `${tried.exception}: ${tried.reason ?? ''}` }]),
      ]}
    />
  );
}

/** The keywords and patterns by which a rule gave its tag. */
function Because({ rules, tag }: Pick<Tried, 'rules'> & { readonly tag: string }) {
  const because = rules.find((rule) => rule.tag === tag)?.because ?? [];
  return <bdi>{because.length === 0 ? '' : `: ${because.join(', ')}`}</bdi>;
}
