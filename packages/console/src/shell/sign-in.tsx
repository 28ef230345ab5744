import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useState } from 'react';
import { signIn } from '../api/session.ts';
import { type Credential, signed } from '../api/sign.ts';
import { chooseLanguage, type Language, languages, useTexts } from '../texts/index.ts';

type Way = 'password' | 'token';
type Given = Readonly<Record<'user' | 'password' | 'token', string>>;

/** The form that signs in: nothing but a signature, or the token, is sent. */
export default function SignIn() {
  const { t } = useTexts();
  const [way, setWay] = useState<Way>('password');
  const [given, setGiven] = useState<Given>({ user: '', password: '', token: '' });
  const [keep, setKeep] = useState(false);
  const { problem, busy, submit } = useSubmit(way, given, keep);
  return (
    <main className="sign-in">
      <form onSubmit={(event) => void submit(event)}>
        <Form
          actions={
            <Button variant="primary" loading={busy} formAction="submit">
              {t('sign-in.go')}
            </Button>
          }
        >
          <Container header={<SignInHeader />}>
            <SpaceBetween size="m">
              {problem !== undefined && <Alert type="error">{problem}</Alert>}
              <SignInFields way={way} choose={setWay} given={given} change={setGiven} />
              <Checkbox
                checked={keep}
                onChange={({ detail }) => setKeep(detail.checked)}
                description={t('sign-in.keep-about')}
              >
                {t('sign-in.keep')}
              </Checkbox>
              <LanguageChoice />
            </SpaceBetween>
          </Container>
        </Form>
      </form>
    </main>
  );
}

function SignInHeader() {
  const { t } = useTexts();
  return (
    <Header variant="h1" description={t('sign-in.about')}>
      Millrace
    </Header>
  );
}

interface FieldsProps {
  readonly way: Way;
  readonly choose: (way: Way) => void;
  readonly given: Given;
  readonly change: (given: Given) => void;
}

function SignInFields({ way, choose, given, change }: FieldsProps) {
  const { t } = useTexts();
  const field = (name: keyof Given) => (
    <FormField label={t(`sign-in.${name}`)}>
      <Input
        name={name}
        type={name === 'user' ? 'text' : 'password'}
        autoComplete={name === 'user' ? 'username' : 'current-password'}
        value={given[name]}
        onChange={({ detail }) => change({ ...given, [name]: detail.value })}
      />
    </FormField>
  );
  return (
    <>
      <SegmentedControl
        label={t('sign-in.way')}
        selectedId={way}
        options={(['password', 'token'] as const).map((id) => ({ id, text: t(`sign-in.${id}`) }))}
        onChange={({ detail }) => choose(detail.selectedId as Way)}
      />
      {way === 'password' && field('user')}
      {field(way)}
    </>
  );
}

/** Asks the API who that is before anybody is taken for signed in. */
function useSubmit(way: Way, { user, password, token }: Given, keep: boolean) {
  const { t } = useTexts();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const credential: Credential = way === 'token' ? { kind: way, token } : { kind: way, user, password };
    const refused = await refusalOf(credential);
    setBusy(false);
    if (refused === undefined) signIn(credential, keep);
    else setProblem(t(`sign-in.${refused}`));
  };
  return { problem, busy, submit };
}

function LanguageChoice() {
  const { t, language } = useTexts();
  return (
    <SegmentedControl
      label={t('shell.language')}
      selectedId={language}
      options={Object.entries(languages).map(([id, text]) => ({ id, text }))}
      onChange={({ detail }) => void chooseLanguage(detail.selectedId as Language)}
    />
  );
}

/** Asks who that is. A refusal is told in a few words, as the API tells nobody which part was wrong. */
async function refusalOf(credential: Credential): Promise<'refused' | 'too-often' | 'unreachable' | undefined> {
  try {
    const request = new Request(new URL('/platform/me', location.origin));
    const { status, ok } = await fetch(await signed(request, credential, () => Math.floor(Date.now() / 1000)));
    if (ok) return undefined;
    return status === 401 ? 'refused' : status === 429 ? 'too-often' : 'unreachable';
  } catch {
    return 'unreachable';
  }
}
