import BarChart from '@cloudscape-design/components/bar-chart';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { scoped, useAddress } from '../../lists/address.ts';
import { type Tell, useTexts } from '../../texts/index.ts';
import { Count } from '../../values/numbers.tsx';
import { Accounts } from './accounts.tsx';
import { Articles } from './articles.tsx';
import type { BriefStage } from './brief-types.ts';

type FoundOn = BriefStage['data_list'][number];

// As the API counts the platforms; their names are their own in every language.
const names: Readonly<Record<number, string>> = { 1: '微信', 2: '微博', 3: '小红书', 4: 'B站', 5: '抖音' };

/** What a stage asked for, and what each platform gave: figures, word clouds, articles; all of it as a zip. */
export function Stage({ stage }: { readonly stage: BriefStage }) {
  const { t } = useTexts();
  const address = scoped(useAddress(), stage.stageUuid.slice(0, 8));
  const tab = address.get('tab') ?? String(stage.data_list[0]?.platform);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={`${stage.keywords} · ${stage.stageRunTime}`}
          actions={
            // A stage ends when its files are there; before, its address answers 409.
            stage.endedAt !== null &&
            stage.downloadUrl !== '' && (
              <Link href={placeOf(stage.downloadUrl)} variant="primary">
                {t('briefs.zip')}
              </Link>
            )
          }
        >
          {stage.stageName}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {stage.data_list.length > 1 && <Found stage={stage} />}
        <Tabs
          activeTabId={tab}
          onChange={({ detail }) => address.set({ tab: detail.activeTabId })}
          tabs={stage.data_list.map((found) => ({
            id: String(found.platform),
            label: nameOf(found),
            content: <Platform t={t} stage={stage.stageUuid} found={found} />,
          }))}
        />
      </SpaceBetween>
    </Container>
  );
}

const sums = ['article_sum_num', 'account_sum_num'] as const;

/** How much each platform gave, beside each other. */
function Found({ stage }: { readonly stage: BriefStage }) {
  const { t, language } = useTexts();
  return (
    <BarChart
      series={sums.map((sum) => ({
        title: t(`briefs.${sum}`),
        type: 'bar',
        data: stage.data_list.map((found) => ({ x: nameOf(found), y: found[sum] })),
      }))}
      xScaleType="categorical"
      yTickFormatter={(value) => value.toLocaleString(language)}
      xTitle={t('briefs.platform')}
      yTitle={t('failures.count')}
      height={180}
      hideFilter
      ariaLabel={t('briefs.by-platform')}
      empty={t('briefs.no-articles')}
    />
  );
}

function nameOf({ platform }: FoundOn): string {
  return names[platform] ?? String(platform);
}

/** The address of the same path here: what is signed is the path, and the page may show its own origin's pictures alone. */
function placeOf(address: string): string {
  const { pathname, search } = new URL(address, location.origin);
  return pathname + search;
}

const clouds = ['content_img_url', 'topic_img_url'] as const;

function Platform({ t, stage, found }: { readonly t: Tell; readonly stage: string; readonly found: FoundOn }) {
  return (
    <SpaceBetween size="m">
      <dl className="counts">
        <div>
          <dt>{t('briefs.articles')}</dt>
          <dd>
            <Count of={found.article_sum_num} />
          </dd>
        </div>
        <div>
          <dt>{t('briefs.accounts')}</dt>
          <dd>
            <Count of={found.account_sum_num} />
          </dd>
        </div>
      </dl>
      <div className="clouds">
        {clouds.map(
          (name) =>
            found[name] !== '' && (
              <figure key={name}>
                <img src={placeOf(found[name])} alt={t(`briefs.${name}`)} loading="lazy" />
                <figcaption>{t(`briefs.${name}`)}</figcaption>
              </figure>
            ),
        )}
      </div>
      <Articles stage={stage} platform={found.platform} />
      <Accounts stage={stage} platform={found.platform} />
    </SpaceBetween>
  );
}
