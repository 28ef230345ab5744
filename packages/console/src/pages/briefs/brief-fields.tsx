import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import Textarea from '@cloudscape-design/components/textarea';
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { useMay } from '../../api/permissions.ts';
import { type Tell, useTexts } from '../../texts/index.ts';
import type { BriefForm, WrongFields } from './brief-form.ts';

// As the API numbers them; who may see how the platforms stand gets their titles from there.
const codes = [
  { value: '1', label: 'weixin' },
  { value: '2', label: 'weibo' },
  { value: '3', label: 'redbook' },
  { value: '4', label: 'bili' },
  { value: '5', label: 'douyin' },
];

interface FieldsProps {
  readonly form: BriefForm;
  readonly change: (form: BriefForm) => void;
  /** What is said at the fields. */
  readonly wrong: WrongFields;
}

/** What a brief asks for. */
export function BriefFields({ form, change, wrong }: FieldsProps) {
  const { t } = useTexts();
  const platforms = usePlatforms();
  const field = (name: 'name' | 'limit' | 'from' | 'to', label: string) => (
    <FormField label={label} errorText={errorOf(t, wrong[name])}>
      <Input
        value={form[name]}
        type={name === 'limit' ? 'number' : 'text'}
        onChange={({ detail }) => change({ ...form, [name]: detail.value })}
      />
    </FormField>
  );
  return (
    <ColumnLayout columns={2}>
      {field('name', t('briefs.name'))}
      {field('limit', t('briefs.limit'))}
      <FormField label={t('briefs.platforms')} errorText={errorOf(t, wrong.platforms)}>
        <Multiselect
          options={platforms}
          selectedOptions={platforms.filter(({ value }) => form.platforms.includes(value))}
          onChange={({ detail }) =>
            change({ ...form, platforms: detail.selectedOptions.map(({ value = '' }) => value) })
          }
        />
      </FormField>
      <FormField label={t('briefs.keywords')} errorText={errorOf(t, wrong.keywords)}>
        <Textarea
          value={form.keywords}
          rows={3}
          onChange={({ detail }) => change({ ...form, keywords: detail.value })}
        />
      </FormField>
      {field('from', t('runs.from'))}
      {field('to', t('runs.to'))}
    </ColumnLayout>
  );
}

function errorOf(t: Tell, words: WrongFields[keyof BriefForm]): string | undefined {
  return words === undefined ? undefined : t(words);
}

function usePlatforms() {
  const may = useMay('operate');
  const { data } = useQuery({
    queryKey: ['platforms'],
    enabled: may === true,
    queryFn: async () => (await answer(api.GET('/briefs/platforms'))).data,
  });
  return data?.map(({ code, title }) => ({ value: String(code), label: title })) ?? codes;
}
