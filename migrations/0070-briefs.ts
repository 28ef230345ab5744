import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * Briefs with their stages and tasks, the calls that they make, what was found by them, and the articles. What became of
 * everything found is a row, so that counting is all it takes to know that nothing was lost.
 */
export const briefs: Migration = {
  async up(db) {
    await sql`CREATE SCHEMA briefs`.execute(db);
    await sql`
      CREATE TABLE briefs.briefs (
        uuid uuid PRIMARY KEY,
        -- YYYYMMDD in Asia/Shanghai and a sequence of three digits, or four after 999.
        code text COLLATE "C" NOT NULL UNIQUE,
        name text NOT NULL,
        remarks text NOT NULL DEFAULT '',
        -- The API's user; create_user_name is what the front end calls them.
        owner text NOT NULL,
        create_user_name text NOT NULL DEFAULT '',
        -- What was asked for, as it was read (StageOrder[]), and as it came.
        orders json NOT NULL,
        job_content json NOT NULL,
        article_limit integer NOT NULL,
        state text COLLATE "C" NOT NULL DEFAULT 'queued'
          CHECK (state IN ('queued', 'running', 'finished', 'partial', 'failed', 'cancelled')),
        reason text,
        cancel_reason text,
        idempotency_key text,
        -- How often it was run again: each time is an execution of its runs.
        again integer NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        ended_at timestamptz,
        -- When the mail about its end went into the queue; it is written again when a brief ends again.
        told_at timestamptz,
        UNIQUE (owner, idempotency_key)
      )`.execute(db);
    await sql`CREATE INDEX briefs_newest ON briefs.briefs (created_at DESC)`.execute(db);
    await sql`CREATE TABLE briefs.day_codes (day date PRIMARY KEY, last integer NOT NULL)`.execute(db);
    await sql`
      CREATE TABLE briefs.stages (
        uuid uuid PRIMARY KEY,
        brief_uuid uuid NOT NULL REFERENCES briefs.briefs ON DELETE CASCADE,
        -- From 1; the name is {brief's name}_{position}.
        position integer NOT NULL,
        name text NOT NULL,
        platforms text[] COLLATE "C" NOT NULL,
        keywords text[] NOT NULL,
        article_limit integer NOT NULL,
        from_day date NOT NULL,
        to_day date NOT NULL,
        state text COLLATE "C" NOT NULL DEFAULT 'queued'
          CHECK (state IN ('queued', 'running', 'finished', 'partial', 'failed', 'cancelled')),
        reason text,
        -- Files: wanted when the tasks have ended, or on request; made when the zip is there.
        export_state text COLLATE "C" NOT NULL DEFAULT 'none'
          CHECK (export_state IN ('none', 'wanted', 'made', 'failed')),
        export_asked_at timestamptz,
        -- Since it was asked for: a stage whose files can't be made ends all the same.
        export_attempts integer NOT NULL DEFAULT 0,
        -- When its message was sent once more, because no files came of the one before.
        export_sent_at timestamptz,
        exported_at timestamptz,
        -- The files' keys and their bytes.
        files json,
        created_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        ended_at timestamptz,
        UNIQUE (brief_uuid, position)
      )`.execute(db);
    await sql`CREATE INDEX stages_to_export ON briefs.stages (export_asked_at) WHERE export_state = 'wanted'`.execute(
      db,
    );
    await sql`
      CREATE TABLE briefs.tasks (
        uuid uuid PRIMARY KEY,
        stage_uuid uuid NOT NULL REFERENCES briefs.stages ON DELETE CASCADE,
        brief_uuid uuid NOT NULL,
        platform text COLLATE "C" NOT NULL,
        keyword text NOT NULL,
        article_limit integer NOT NULL,
        -- At most; it ends sooner when a page brings nothing new or is older than the range.
        pages integer NOT NULL,
        -- Articles taken towards the limit.
        taken integer NOT NULL DEFAULT 0,
        -- Items of the pages read: as many finds there must be.
        found integer NOT NULL DEFAULT 0,
        state text COLLATE "C" NOT NULL DEFAULT 'queued'
          CHECK (state IN ('queued', 'running', 'finished', 'partial', 'failed', 'cancelled')),
        reason text,
        started_at timestamptz,
        ended_at timestamptz,
        UNIQUE (stage_uuid, platform, keyword)
      )`.execute(db);
    await sql`
      CREATE TABLE briefs.calls (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        -- Nothing for a probe, which belongs to no brief.
        brief_uuid uuid REFERENCES briefs.briefs ON DELETE CASCADE,
        stage_uuid uuid,
        task_uuid uuid REFERENCES briefs.tasks ON DELETE CASCADE,
        platform text COLLATE "C" NOT NULL,
        kind text COLLATE "C" NOT NULL CHECK (kind IN ('search', 'user', 'note', 'probe')),
        -- Of a search, from 1; what the page before answered for it.
        page integer,
        cursor json,
        -- Of a detail: the user's or the note's id.
        subject text COLLATE "C",
        state text COLLATE "C" NOT NULL DEFAULT 'waiting'
          CHECK (state IN ('waiting', 'sent', 'answered', 'failed', 'dropped')),
        attempts integer NOT NULL DEFAULT 0,
        -- Of these, those before it was run again.
        forgiven integer NOT NULL DEFAULT 0,
        -- Since when it is asked for.
        wanted_at timestamptz NOT NULL DEFAULT now(),
        -- The turn of the platform that it holds while it is under way (platform.turns).
        turn_id bigint,
        -- It has its answer, which is read once more: no call is made.
        reread boolean NOT NULL DEFAULT false,
        due_at timestamptz NOT NULL DEFAULT now(),
        sent_at timestamptz,
        -- A call that was sent and has no answer by then is given back.
        lease_until timestamptz,
        answered_at timestamptz,
        reason text,
        cost_usd numeric NOT NULL DEFAULT 0,
        -- The answer as received, in the bucket.
        raw_key text COLLATE "C",
        -- What its message told of that answer, for reading it once more.
        answer json,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (task_uuid, kind, page),
        UNIQUE (brief_uuid, platform, kind, subject)
      )`.execute(db);
    await sql`CREATE INDEX calls_due ON briefs.calls (platform, due_at) WHERE state = 'waiting'`.execute(db);
    await sql`CREATE INDEX calls_sent ON briefs.calls (platform, lease_until) WHERE state = 'sent'`.execute(db);
    await sql`CREATE INDEX calls_of_stage ON briefs.calls (stage_uuid)`.execute(db);
    await sql`CREATE INDEX probes_by_age ON briefs.calls (created_at) WHERE kind = 'probe'`.execute(db);
    // What was spent of a day, and how many of its calls failed.
    await sql`CREATE INDEX calls_of_day ON briefs.calls (platform, sent_at) WHERE sent_at IS NOT NULL`.execute(db);
    await sql`
      CREATE TABLE briefs.finds (
        task_uuid uuid NOT NULL REFERENCES briefs.tasks ON DELETE CASCADE,
        page integer NOT NULL,
        -- Where it stands in the page.
        place text COLLATE "C" NOT NULL,
        article_key text COLLATE "C",
        -- sent: in Kafka, and not yet in the database.
        state text COLLATE "C" NOT NULL CHECK (state IN ('sent', 'stored', 'dropped', 'failed')),
        reason text COLLATE "C",
        PRIMARY KEY (task_uuid, page, place)
      )`.execute(db);
    await sql`CREATE INDEX finds_on_their_way ON briefs.finds (task_uuid) WHERE state = 'sent'`.execute(db);
    await sql`
      CREATE TABLE briefs.articles (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        brief_uuid uuid NOT NULL,
        stage_uuid uuid NOT NULL REFERENCES briefs.stages ON DELETE CASCADE,
        -- The task that found it first.
        task_uuid uuid NOT NULL,
        platform text COLLATE "C" NOT NULL,
        article_key text COLLATE "C" NOT NULL,
        keywords text[] NOT NULL,
        url text NOT NULL,
        title text,
        content text,
        content_cut boolean NOT NULL,
        post_time timestamptz NOT NULL,
        "like" bigint,
        read bigint,
        share bigint,
        comment bigint,
        collect bigint,
        play bigint,
        danmu bigint,
        download bigint,
        coin bigint,
        interaction bigint,
        -- redbook: interaction / fans, and the note's score.
        interaction_per double precision,
        score double precision,
        user_name text,
        user_id text COLLATE "C",
        user_fans bigint,
        user_fans_level text COLLATE "C" NOT NULL,
        user_url text,
        user_following bigint,
        user_posts bigint,
        tags text[] NOT NULL,
        is_repost boolean NOT NULL,
        note_type text COLLATE "C",
        cover_url text,
        duration_seconds integer,
        -- The figures that are lower bounds.
        at_least text[] COLLATE "C" NOT NULL,
        -- A further call has told more of it, or of its user.
        enriched boolean NOT NULL DEFAULT false,
        platform_id text COLLATE "C",
        crawled_at timestamptz NOT NULL,
        -- The page as received, in the bucket, and the place in it.
        raw_key text COLLATE "C" NOT NULL,
        raw_place text COLLATE "C" NOT NULL,
        UNIQUE (stage_uuid, platform, article_key)
      )`.execute(db);
    await sql`CREATE INDEX articles_by_time ON briefs.articles (stage_uuid, platform, post_time DESC, id)`.execute(db);
    await sql`CREATE INDEX articles_of_user ON briefs.articles (stage_uuid, platform, user_id)`.execute(db);
    // Those that a detail is about.
    await sql`CREATE INDEX articles_of_brief_user ON briefs.articles (brief_uuid, platform, user_id)`.execute(db);
    await sql`CREATE INDEX articles_of_brief_note ON briefs.articles (brief_uuid, platform, platform_id)`.execute(db);
    await sql`CREATE INDEX articles_by_age ON briefs.articles (crawled_at)`.execute(db);
    await sql`
      CREATE TABLE briefs.details (
        platform text COLLATE "C" NOT NULL,
        kind text COLLATE "C" NOT NULL,
        subject text COLLATE "C" NOT NULL,
        fetched_at timestamptz NOT NULL,
        data json NOT NULL,
        PRIMARY KEY (platform, kind, subject)
      )`.execute(db);
    await sql`
      -- What is told of a platform beside its breaker and its pace (platform.sites, 'briefs/weibo').
      CREATE TABLE briefs.platforms (
        name text COLLATE "C" PRIMARY KEY,
        -- Since when it has not been working, and what it said then.
        down_since timestamptz,
        reason text,
        last_success_at timestamptz,
        last_failure_at timestamptz,
        last_failure text
      )`.execute(db);
    await sql`
      -- Objects to remove: of briefs that were deleted, and of files that were kept long enough.
      CREATE TABLE briefs.removals (
        prefix text COLLATE "C" PRIMARY KEY,
        asked_at timestamptz NOT NULL DEFAULT now()
      )`.execute(db);
    await sql`GRANT USAGE ON SCHEMA briefs TO millrace_app`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA briefs TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
