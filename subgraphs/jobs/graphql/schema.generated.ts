import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Calendar as CalendarSource } from '../domain/calendar.ts';
import type { CalendarVersion as CalendarVersionSource } from '../projections/calendar-rows.ts';
import type { AfterJob as AfterJobSource } from '../domain/after-job.ts';
import type { Archive as ArchiveSource, Job as JobSource, Pause as PauseSource } from '../domain/job.ts';
import type { JobStatus as JobStatusSource } from '../domain/job-status.ts';
import type { JobList as JobListSource } from './job-list.ts';
import type { JobStep as JobStepSource } from '../projections/job-history.ts';
import type { Trigger as TriggerSource } from '../commands/trigger-job.ts';
import type { KnownWebhook as KnownWebhookSource } from '../projections/webhooks.ts';
import type { Delivery as DeliverySource } from '../projections/webhook-deliveries.ts';
import type { WebhookWithSecret as WebhookWithSecretSource } from '../commands/set-webhook.ts';
import type { Backfill as BackfillSource } from '../domain/backfill.ts';
import type { Explanation as ExplanationSource } from '../domain/explain.ts';
import type { Missed as MissedSource } from '../domain/missed.ts';
import type { Occurrence as OccurrenceSource } from '../domain/occurrence.ts';
import type { Simulation as SimulationSource, ImaginedFire as ImaginedFireSource, ImaginedSkip as ImaginedSkipSource } from '../domain/simulate-schedule.ts';
import type { OccurrenceList as OccurrenceListSource } from './occurrence-list.ts';
import type { JobsContext } from './context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An instant, as RFC 3339 in UTC with milliseconds. */
  DateTime: { input: Date; output: Date; }
  /** A span: 30s, 1h30m or ISO 8601 (PT1H30M) is read, 1h30m is written. */
  Duration: { input: number; output: number; }
  /** Any JSON value. */
  JSON: { input: unknown; output: unknown; }
  /** A name of the IANA time-zone database, such as Europe/Berlin. */
  TimeZone: { input: string; output: string; }
  _FieldSet: { input: string; output: string; }
};

export type AdmissionOutcome =
  | 'ADMITTED'
  | 'DROPPED_BUFFER'
  | 'SKIPPED_OVERLAP'
  /** It would wait for others before it starts. */
  | 'WAITING';

export type AfterJob = {
  readonly __typename?: 'AfterJob';
  readonly job: Job;
  readonly on: AfterJobOn;
};

/** A chain has at most 20 jobs, one after the other, and at most 20 follow one. One that would come back to where it began is refused with CHAIN_CYCLE. */
export type AfterJobInput = {
  /** A job of the same workspace, which is not archived. */
  readonly jobId: Scalars['ID']['input'];
  /** SUCCESS when left out. */
  readonly on?: InputMaybe<AfterJobOn>;
};

/** Which ends of an execution lead on. One that was SKIPPED leads to nothing. */
export type AfterJobOn =
  /** These, CANCELLED and EXPIRED. */
  | 'ANY'
  /** FAILED and TIMED_OUT. */
  | 'FAILURE'
  /** SUCCEEDED. */
  | 'SUCCESS';

/** The end of a job. */
export type Archive = {
  readonly __typename?: 'Archive';
  readonly at: Scalars['DateTime']['output'];
  readonly executions: OpenExecutions;
  /** How many executions were open, as far as the job had been told of them. */
  readonly openCount: Scalars['Int']['output'];
  /** Who archived it; null when it was no user. */
  readonly user: Maybe<User>;
};

export type Backfill = {
  readonly __typename?: 'Backfill';
  /** How many nominal times it is to run. */
  readonly expectedCount: Scalars['Int']['output'];
  readonly firedCount: Scalars['Int']['output'];
  readonly firesPerMinuteMax: Scalars['Int']['output'];
  /** Not included. */
  readonly from: Scalars['DateTime']['output'];
  /** Null of a dry run. */
  readonly id: Maybe<Scalars['ID']['output']>;
  readonly job: Job;
  /** How many had fired before, and are left out. */
  readonly leftOutCount: Scalars['Int']['output'];
  /** What it has run, the newest first; of a dry run what it would run, the earliest first. */
  readonly occurrences: OccurrenceConnection;
  readonly requestedAt: Scalars['DateTime']['output'];
  readonly rerun: Scalars['Boolean']['output'];
  readonly state: BackfillState;
  /** Included. */
  readonly to: Scalars['DateTime']['output'];
};


export type BackfillOccurrencesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type BackfillConnection = {
  readonly __typename?: 'BackfillConnection';
  readonly edges: ReadonlyArray<BackfillEdge>;
  readonly pageInfo: PageInfo;
};

export type BackfillEdge = {
  readonly __typename?: 'BackfillEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: Backfill;
};

export type BackfillState =
  | 'CANCELLED'
  | 'COMPLETED'
  /** Nothing was asked for: it only says what would be run. */
  | 'DRY_RUN'
  /** The scheduler has not said anything of it yet. */
  | 'REQUESTED'
  | 'RUNNING';

/** Either once or weekly is there. */
export type Blackout = {
  readonly __typename?: 'Blackout';
  readonly name: Scalars['String']['output'];
  readonly once: Maybe<OnceBlackout>;
  readonly weekly: Maybe<WeeklyBlackout>;
};

/** A time in which nothing fires: either once or weekly. */
export type BlackoutInput = {
  readonly name: Scalars['String']['input'];
  readonly once?: InputMaybe<OnceInput>;
  readonly weekly?: InputMaybe<WeeklyInput>;
};

/** What a mutation of many jobs came to. */
export type BulkChange = {
  readonly __typename?: 'BulkChange';
  readonly changed: Scalars['Int']['output'];
  /** Those that were changed, up to 100 of them. */
  readonly jobs: ReadonlyArray<Job>;
  /** Those that were so already, or are over. */
  readonly unchanged: Scalars['Int']['output'];
};

export type Calendar = {
  readonly __typename?: 'Calendar';
  readonly blackouts: ReadonlyArray<Blackout>;
  readonly createdAt: Scalars['DateTime']['output'];
  /** What became of it, the newest first. */
  readonly history: CalendarChangeConnection;
  readonly holidays: ReadonlyArray<Holiday>;
  /** The jobs that use it, the newest first; archived ones use none. */
  readonly jobs: JobConnection;
  readonly name: Scalars['String']['output'];
  /** How many of them still go by an earlier version: 0 once all have followed. */
  readonly staleJobs: Scalars['Int']['output'];
  /** Null takes that of each job. */
  readonly timeZone: Maybe<Scalars['TimeZone']['output']>;
  /** When this version came to be. */
  readonly updatedAt: Scalars['DateTime']['output'];
  /** Counts the changes of what has this name, from 1. */
  readonly version: Scalars['Int']['output'];
  readonly workDays: ReadonlyArray<Weekday>;
};


export type CalendarHistoryArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type CalendarJobsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** One change of a calendar. */
export type CalendarChange = {
  readonly __typename?: 'CalendarChange';
  readonly at: Scalars['DateTime']['output'];
  readonly by: User;
  /** The calendar in this version; null when the change deleted it. */
  readonly calendar: Maybe<Calendar>;
  readonly version: Scalars['Int']['output'];
};

export type CalendarChangeConnection = {
  readonly __typename?: 'CalendarChangeConnection';
  readonly edges: ReadonlyArray<CalendarChangeEdge>;
  readonly pageInfo: PageInfo;
};

export type CalendarChangeEdge = {
  readonly __typename?: 'CalendarChangeEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: CalendarChange;
};

export type CalendarConnection = {
  readonly __typename?: 'CalendarConnection';
  readonly edges: ReadonlyArray<CalendarEdge>;
  readonly pageInfo: PageInfo;
};

/** The days of a calendar on which a job fires. */
export type CalendarDays =
  /** On all but its holidays. */
  | 'ANY_DAY'
  | 'BUSINESS_DAYS'
  /** The first business day of each month. */
  | 'FIRST_BUSINESS_DAY'
  | 'LAST_BUSINESS_DAY';

export type CalendarEdge = {
  readonly __typename?: 'CalendarEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: Calendar;
};

export type CalendarUse = {
  readonly __typename?: 'CalendarUse';
  readonly name: Scalars['String']['output'];
  readonly on: CalendarDays;
  /** The calendar's, by whose rules the job goes. */
  readonly version: Scalars['Int']['output'];
};

/** A calendar by its name. */
export type CalendarUseInput = {
  readonly name: Scalars['String']['input'];
  readonly on?: InputMaybe<CalendarDays>;
};

/** What happens to nominal times that nobody decided in time. */
export type Catchup =
  /** The latest catchupMax of them fire, in order. */
  | 'ALL'
  /** The latest of them fires, late. */
  | 'LAST'
  | 'NONE';

export type CreateJobInput = {
  /** It runs once for each execution of that job that ends so, beside what its schedule says. */
  readonly afterJob?: InputMaybe<AfterJobInput>;
  /** With BUFFER_ALL: how many may wait, 1 to 1,000; 1,000 when left out. */
  readonly bufferMax?: InputMaybe<Scalars['Int']['input']>;
  /** Up to 5: it fires when all of them let it. */
  readonly calendars?: InputMaybe<ReadonlyArray<CalendarUseInput>>;
  /** How long a task may take to end once its execution is cancelled, up to 1h; 10s when left out. */
  readonly cancelGrace?: InputMaybe<Scalars['Duration']['input']>;
  /** LAST when left out. */
  readonly catchup?: InputMaybe<Catchup>;
  /** How many are caught up at most, with ALL: 1 to 1,000; 100 when left out. */
  readonly catchupMax?: InputMaybe<Scalars['Int']['input']>;
  /** What is older is not caught up. Up to 366d; 1d when left out. */
  readonly catchupWindow?: InputMaybe<Scalars['Duration']['input']>;
  /** A path into params, such as `params.customer`: executions of the workspace with the same value there share concurrencyMax and rate. The job's own when left out. */
  readonly concurrencyKey?: InputMaybe<Scalars['String']['input']>;
  /** How many of that key run at a time, 1 to 1,000; without limit when left out. */
  readonly concurrencyMax?: InputMaybe<Scalars['Int']['input']>;
  /** FIRE_AFTER when left out. */
  readonly dstGap?: InputMaybe<DstGap>;
  /** FIRST when left out. */
  readonly dstOverlap?: InputMaybe<DstOverlap>;
  /** The last nominal time may be this. */
  readonly endAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** After so many fires by its schedule the job is over. Skips do not count; another firesMax counts from its own beginning. */
  readonly firesMax?: InputMaybe<Scalars['Int']['input']>;
  /** Up to 100 characters. The same key with the same input gives the job that was created then, as it is now; with another input it is refused with IDEMPOTENCY_KEY_REUSED. Kept as long as the job, also when that is archived. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Each fire waits up to so long, always the same for the same nominal time, and never to the next one. Up to 24h; 0s when left out. */
  readonly jitter?: InputMaybe<Scalars['Duration']['input']>;
  /** One of jobTypes. */
  readonly jobType: Scalars['String']['input'];
  /** A fire later than this is late, and a matter of catchup: 1s to 1h; 5s when left out. */
  readonly lateAfter?: InputMaybe<Scalars['Duration']['input']>;
  /** Up to 200 characters; made from jobType and schedule when left out. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** RETRY when left out. */
  readonly onUnknown?: InputMaybe<OnUnknown>;
  /** SKIP when left out. */
  readonly overlap?: InputMaybe<Overlap>;
  /** Checked against the JSON schema of the job type. */
  readonly params?: InputMaybe<Scalars['JSON']['input']>;
  /** Pauses the job after so many executions in a row that failed or timed out, 1 to 1,000; never when left out. */
  readonly pauseOnFailures?: InputMaybe<Scalars['Int']['input']>;
  /** 0 to 9: what waits with a higher one starts first. 5 when left out. */
  readonly priority?: InputMaybe<Scalars['Int']['input']>;
  /** How often attempts of that key start; without limit when left out. */
  readonly rate?: InputMaybe<RateInput>;
  /** As the workspace has it when left out. */
  readonly retention?: InputMaybe<JobRetentionInput>;
  readonly retry?: InputMaybe<RetryInput>;
  /**
   * 5-field cron, 6 fields with seconds first, @hourly and friends, `@every 30s`, `@at 2026-12-01T09:00:00Z`, `@now` or
   * `@manually`; on the clocks of timeZone.
   */
  readonly schedule: Scalars['String']['input'];
  /** Nominal times lie from here to endAt, both included. */
  readonly startAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** UTC when left out. An unknown one is refused with INVALID_TIME_ZONE. */
  readonly timeZone?: InputMaybe<Scalars['TimeZone']['input']>;
  readonly timeouts?: InputMaybe<TimeoutsInput>;
  /** No execution is run that has the same value as one that was taken in up to a window before. */
  readonly unique?: InputMaybe<UniqueInput>;
};

/** What happens to a wall time that the clocks jump over. */
export type DstGap =
  /** Once, at the first instant after the gap. */
  | 'FIRE_AFTER'
  /** Later by the gap: 02:30 becomes 03:30. */
  | 'SHIFT'
  | 'SKIP';

/** Which pass of an hour that comes twice counts. */
export type DstOverlap =
  | 'BOTH'
  | 'FIRST'
  | 'LAST';

export type Execution = {
  readonly __typename?: 'Execution';
  readonly id: Scalars['ID']['output'];
};

export type Explanation = {
  readonly __typename?: 'Explanation';
  /** The instant that was looked at. */
  readonly at: Scalars['DateTime']['output'];
  /** The reason, in a sentence. */
  readonly message: Scalars['String']['output'];
  readonly next: Maybe<Scalars['DateTime']['output']>;
  readonly occurrence: Maybe<Occurrence>;
  /** The nominal times beside it. */
  readonly previous: Maybe<Scalars['DateTime']['output']>;
  readonly verdict: ExplanationVerdict;
  readonly wallTime: Scalars['String']['output'];
};

export type ExplanationVerdict =
  | 'BEFORE_CREATION'
  /** It fired: `occurrence.execution` says what came of it. */
  | 'FIRED'
  /** A nominal time that lies ahead. */
  | 'FUTURE'
  /** The clocks jumped over it. */
  | 'IN_GAP'
  /** The schedule has no time then. */
  | 'NOT_DUE'
  /** No schedule held then: it was over, had not begun, or there is none. */
  | 'NOT_SCHEDULED'
  /** Due, and not decided yet. */
  | 'PENDING'
  | 'SKIPPED'
  /** Due, and the ledger has no record of it. */
  | 'UNKNOWN';

export type FieldChange = {
  readonly __typename?: 'FieldChange';
  readonly after: Maybe<Scalars['JSON']['output']>;
  readonly before: Maybe<Scalars['JSON']['output']>;
  readonly field: Scalars['String']['output'];
};

export type Holiday = {
  readonly __typename?: 'Holiday';
  readonly from: Scalars['String']['output'];
  readonly name: Scalars['String']['output'];
  readonly to: Scalars['String']['output'];
};

/** A day, or days, on which nothing fires. */
export type HolidayInput = {
  /** A day such as `2026-12-25`, or `12-25` for each year. */
  readonly from: Scalars['String']['input'];
  readonly name: Scalars['String']['input'];
  /** The last day, written as `from` is; the same day when left out. A yearly range may go over New Year. */
  readonly to?: InputMaybe<Scalars['String']['input']>;
};

export type Job = {
  readonly __typename?: 'Job';
  /** The job whose executions run this one by their ends. An archived job follows none. */
  readonly afterJob: Maybe<AfterJob>;
  /** The version by which the scheduler decided last: since when a pause or an edit holds. */
  readonly appliedVersion: Scalars['Int']['output'];
  /** There once it is archived; null if that was before it was kept. */
  readonly archive: Maybe<Archive>;
  /** The newest first. */
  readonly backfills: BackfillConnection;
  readonly bufferMax: Scalars['Int']['output'];
  readonly calendars: ReadonlyArray<CalendarUse>;
  readonly cancelGrace: Scalars['Duration']['output'];
  readonly catchup: Catchup;
  readonly catchupMax: Scalars['Int']['output'];
  readonly catchupWindow: Scalars['Duration']['output'];
  readonly concurrencyKey: Maybe<Scalars['String']['output']>;
  readonly concurrencyMax: Maybe<Scalars['Int']['output']>;
  readonly createdAt: Scalars['DateTime']['output'];
  readonly dstGap: DstGap;
  readonly dstOverlap: DstOverlap;
  readonly endAt: Maybe<Scalars['DateTime']['output']>;
  /** Why it did or did not run: at a local time of its zone (`2026-03-08T02:30`), or at an instant (`2026-03-08T07:30:00Z`). Without seconds it is the whole minute. */
  readonly explain: Explanation;
  readonly firesMax: Maybe<Scalars['Int']['output']>;
  /** What was done to it, the newest first. */
  readonly history: JobHistoryConnection;
  readonly id: Scalars['ID']['output'];
  readonly jitter: Scalars['Duration']['output'];
  readonly jobType: Scalars['String']['output'];
  readonly lateAfter: Scalars['Duration']['output'];
  readonly name: Scalars['String']['output'];
  /** The next nominal times at which it fires, by its schedule, window, limit and calendars, at most 100; none for a job that is not ACTIVE. Fewer where its calendars forbid all for so long that nobody looks further. */
  readonly nextFireTimes: ReadonlyArray<Scalars['DateTime']['output']>;
  /** What became of its nominal times after `from` up to `to`, the newest first: what was decided, and what is due and not decided yet. first is up to 100. */
  readonly occurrences: OccurrenceConnection;
  readonly onUnknown: OnUnknown;
  readonly overlap: Overlap;
  readonly owner: Maybe<User>;
  readonly params: Scalars['JSON']['output'];
  /** There while it is paused. */
  readonly pause: Maybe<Pause>;
  readonly pauseOnFailures: Maybe<Scalars['Int']['output']>;
  readonly priority: Scalars['Int']['output'];
  readonly rate: Maybe<Rate>;
  readonly retention: JobRetention;
  readonly retry: Retry;
  readonly schedule: Scalars['String']['output'];
  readonly startAt: Maybe<Scalars['DateTime']['output']>;
  readonly state: JobState;
  readonly status: JobStatus;
  readonly timeZone: Scalars['TimeZone']['output'];
  readonly timeouts: Timeouts;
  /** The jobs that follow this one, at most 20. */
  readonly triggersJobs: ReadonlyArray<Job>;
  readonly unique: Maybe<Unique>;
  readonly updatedAt: Scalars['DateTime']['output'];
  /** Counts the changes of this job, from 1. */
  readonly version: Scalars['Int']['output'];
  /** What may surprise you of its schedule. */
  readonly warnings: ReadonlyArray<ScheduleWarning>;
};


export type JobBackfillsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type JobExplainArgs = {
  at: Scalars['String']['input'];
};


export type JobHistoryArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type JobNextFireTimesArgs = {
  count?: InputMaybe<Scalars['Int']['input']>;
};


export type JobOccurrencesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  from?: InputMaybe<Scalars['DateTime']['input']>;
  outcome?: InputMaybe<ReadonlyArray<OccurrenceOutcome>>;
  to?: InputMaybe<Scalars['DateTime']['input']>;
};

export type JobChangeType =
  | 'ARCHIVED'
  | 'BACKFILL_CANCELLED'
  | 'BACKFILL_REQUESTED'
  | 'CALENDARS_CHANGED'
  | 'COMPLETED'
  | 'CREATED'
  | 'PAUSED'
  | 'RESUMED'
  | 'TRIGGERED'
  | 'UPDATED';

export type JobConnection = {
  readonly __typename?: 'JobConnection';
  readonly edges: ReadonlyArray<JobEdge>;
  readonly pageInfo: PageInfo;
  readonly totalCount: Scalars['Int']['output'];
};

export type JobEdge = {
  readonly __typename?: 'JobEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: Job;
};

export type JobFilter = {
  readonly jobTypes?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Part of the name, case ignored. */
  readonly nameContains?: InputMaybe<Scalars['String']['input']>;
  readonly states?: InputMaybe<ReadonlyArray<JobState>>;
};

export type JobHistoryConnection = {
  readonly __typename?: 'JobHistoryConnection';
  readonly edges: ReadonlyArray<JobHistoryEdge>;
  readonly pageInfo: PageInfo;
};

export type JobHistoryEdge = {
  readonly __typename?: 'JobHistoryEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: JobHistoryEntry;
};

export type JobHistoryEntry = {
  readonly __typename?: 'JobHistoryEntry';
  /** A user's id, or who did it by itself: `jobs`, or `clock` for a pause that ended. */
  readonly actor: Scalars['String']['output'];
  readonly at: Scalars['DateTime']['output'];
  /** The fields of Job that were changed. */
  readonly changes: ReadonlyArray<FieldChange>;
  /** The job as it was then. */
  readonly job: Job;
  /** Of a pause. */
  readonly note: Maybe<Scalars['String']['output']>;
  readonly type: JobChangeType;
  /** Who that is; null when it was no user. */
  readonly user: Maybe<User>;
  /** The job's version that came of it. */
  readonly version: Scalars['Int']['output'];
};

export type JobMissed = {
  readonly __typename?: 'JobMissed';
  readonly at: Scalars['DateTime']['output'];
  readonly cause: Scalars['String']['output'];
  /** How many nominal times; of FAILING, how many executions. */
  readonly count: Scalars['Int']['output'];
  readonly detail: Scalars['String']['output'];
  readonly execution: Maybe<Execution>;
  readonly id: Scalars['ID']['output'];
  readonly job: Job;
  readonly kind: MissedKind;
  readonly lateBy: Maybe<Scalars['Duration']['output']>;
  readonly reason: Scalars['String']['output'];
  readonly scheduledFor: Scalars['DateTime']['output'];
  readonly through: Scalars['DateTime']['output'];
  readonly wallTime: Maybe<Scalars['String']['output']>;
};

export type JobPhase =
  | 'ARCHIVED'
  | 'COMPLETED'
  /** All that is open waits for somebody to release or fail it. */
  | 'HELD'
  | 'PAUSED'
  | 'QUEUED'
  /** Of what is open, all waits for another attempt, or is held. */
  | 'RETRYING'
  | 'RUNNING'
  | 'WAITING';

/** How long executions are kept after they have ended. Null is as the workspace has it. */
export type JobRetention = {
  readonly __typename?: 'JobRetention';
  readonly executions: Maybe<Scalars['Duration']['output']>;
  readonly logs: Maybe<Scalars['Duration']['output']>;
};

/** How long executions are kept after they have ended, from 1h to 36500d. */
export type JobRetentionInput = {
  readonly executions?: InputMaybe<Scalars['Duration']['input']>;
  /** Their logs, when those are to go before the rest. */
  readonly logs?: InputMaybe<Scalars['Duration']['input']>;
};

export type JobState =
  | 'ACTIVE'
  | 'ARCHIVED'
  /** It can fire no more and nothing of it is open. */
  | 'COMPLETED'
  | 'PAUSED';

export type JobStatus = {
  readonly __typename?: 'JobStatus';
  readonly cancelledCount: Scalars['Int']['output'];
  /** How often executions failed or timed out in a row: since one succeeded, or the job was resumed. Counts to 1,000. */
  readonly consecutiveFailures: Scalars['Int']['output'];
  /** They did not start in time, and never will. */
  readonly expiredCount: Scalars['Int']['output'];
  /** Those that timed out included. */
  readonly failedCount: Scalars['Int']['output'];
  /** Somebody is to release or fail them. */
  readonly heldCount: Scalars['Int']['output'];
  readonly job: Job;
  readonly lastExecution: Maybe<Execution>;
  /** The nominal time of the last fire. */
  readonly lastFiredAt: Maybe<Scalars['DateTime']['output']>;
  /** How the execution that ended last came out. */
  readonly lastOutcome: Maybe<Outcome>;
  readonly nextFireAt: Maybe<Scalars['DateTime']['output']>;
  readonly phase: JobPhase;
  readonly queuedCount: Scalars['Int']['output'];
  /** In back-off before another attempt. */
  readonly retryingCount: Scalars['Int']['output'];
  readonly runningCount: Scalars['Int']['output'];
  /** Not run, since another execution of the job was open. */
  readonly skippedCount: Scalars['Int']['output'];
  readonly succeededCount: Scalars['Int']['output'];
  readonly updatedAt: Scalars['DateTime']['output'];
  /** Grows with each change of this status. */
  readonly version: Scalars['Int']['output'];
  /** Behind other executions of the job. */
  readonly waitingCount: Scalars['Int']['output'];
};

export type JobType = {
  readonly __typename?: 'JobType';
  readonly description: Scalars['String']['output'];
  readonly name: Scalars['String']['output'];
  /** The JSON schema that params must fit. */
  readonly paramsSchema: Scalars['JSON']['output'];
};

export type MissedKind =
  /** It fired, and its execution did not start within `timeouts.scheduleToStart`. */
  | 'EXPIRED'
  /** Executions failed or timed out in a row: pauseOnFailures of them, or 3 when it is not set. */
  | 'FAILING'
  /** It fired later than lateAfter. */
  | 'LATE'
  /** It was due, and no scheduler has said anything about it for 30 s. */
  | 'OVERDUE'
  /** By catch-up, by overlap, or because the clocks jumped over it. What a pause or a calendar leaves out is not missed. */
  | 'SKIPPED';

export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Ends the job for good; its history stays. Executions that are open go on, or are cancelled: `Job.archive` says how many they were. */
  readonly archiveJob: Job;
  /** Runs the nominal times after `from` up to `to`, by the schedule as it is now; those that have fired are left out unless `rerun`. Up to 10,000 of them, and 10 years. With dryRun nothing is run: `occurrences` are the exact times. */
  readonly backfill: Backfill;
  /** What is left of it is not run. Executions that are open go on. */
  readonly cancelBackfill: Backfill;
  readonly createJob: Job;
  /** Creates up to 10,000 jobs, all or none. Errors name the index of each input that is wrong. */
  readonly createJobs: ReadonlyArray<Job>;
  /** Refuses with CALENDAR_IN_USE, and how many they are, while jobs use it; archived ones use none. Its versions can still be read. */
  readonly deleteCalendar: Scalars['Boolean']['output'];
  /** Ends a webhook for good, with what it was not told yet. */
  readonly deleteWebhook: Scalars['Boolean']['output'];
  /** Stops firing until resumeJob, or `until`; open executions go on. Of a paused job it changes the end, and the note if one is given. */
  readonly pauseJob: Job;
  /** Pauses all jobs that a filter lets through, up to 10,000. In batches: what was paused stays so if a later one fails. */
  readonly pauseJobs: BulkChange;
  /** Sends a delivery again, now, under the same id. */
  readonly redeliverWebhook: WebhookDelivery;
  /** Fires again, from the next nominal time on. With catchUp what the pause left out is run as a backfill of its own. */
  readonly resumeJob: Job;
  /** Resumes all jobs that a filter lets through, up to 10,000. */
  readonly resumeJobs: BulkChange;
  /** Makes the next secret, and shows it this once. For 24 hours the one before signs, too. */
  readonly rotateWebhookSecret: WebhookWithSecret;
  /** Makes a calendar, or gives one other rules, as a whole. The jobs that use it follow within seconds. With expectedVersion (0 is for none), refuses with VERSION_CONFLICT when somebody was first. */
  readonly setCalendar: Calendar;
  /** Makes a webhook, or changes the one with this id. The secret of a new one is shown this once. */
  readonly setWebhook: WebhookWithSecret;
  /** Sends a test, once, whether the webhook is enabled or not. */
  readonly testWebhook: WebhookDelivery;
  /** Runs the job once, now. The same idempotencyKey gives the same execution again. overlap holds for this run instead of the job's own. */
  readonly triggerJob: Trigger;
  /** Changes what is given and keeps the rest. With expectedVersion, refuses with VERSION_CONFLICT when somebody was first. */
  readonly updateJob: Job;
};


export type MutationArchiveJobArgs = {
  executions?: InputMaybe<OpenExecutions>;
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
};


export type MutationBackfillArgs = {
  dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  firesPerMinuteMax?: InputMaybe<Scalars['Int']['input']>;
  from: Scalars['DateTime']['input'];
  jobId: Scalars['ID']['input'];
  overlap?: InputMaybe<Overlap>;
  rerun?: InputMaybe<Scalars['Boolean']['input']>;
  to: Scalars['DateTime']['input'];
};


export type MutationCancelBackfillArgs = {
  id: Scalars['ID']['input'];
};


export type MutationCreateJobArgs = {
  input: CreateJobInput;
};


export type MutationCreateJobsArgs = {
  inputs: ReadonlyArray<CreateJobInput>;
};


export type MutationDeleteCalendarArgs = {
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  name: Scalars['String']['input'];
};


export type MutationDeleteWebhookArgs = {
  id: Scalars['ID']['input'];
};


export type MutationPauseJobArgs = {
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
  note?: InputMaybe<Scalars['String']['input']>;
  until?: InputMaybe<Scalars['DateTime']['input']>;
};


export type MutationPauseJobsArgs = {
  filter: JobFilter;
  note?: InputMaybe<Scalars['String']['input']>;
  until?: InputMaybe<Scalars['DateTime']['input']>;
};


export type MutationRedeliverWebhookArgs = {
  deliveryId: Scalars['ID']['input'];
};


export type MutationResumeJobArgs = {
  catchUp?: InputMaybe<Scalars['Boolean']['input']>;
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
};


export type MutationResumeJobsArgs = {
  filter: JobFilter;
};


export type MutationRotateWebhookSecretArgs = {
  id: Scalars['ID']['input'];
};


export type MutationSetCalendarArgs = {
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  input: SetCalendarInput;
};


export type MutationSetWebhookArgs = {
  input: SetWebhookInput;
};


export type MutationTestWebhookArgs = {
  id: Scalars['ID']['input'];
};


export type MutationTriggerJobArgs = {
  id: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  overlap?: InputMaybe<Overlap>;
  params?: InputMaybe<Scalars['JSON']['input']>;
};


export type MutationUpdateJobArgs = {
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
  input: UpdateJobInput;
};

/** A nominal time with what became of it; or a run of them that were skipped for one reason. */
export type Occurrence = {
  readonly __typename?: 'Occurrence';
  /** `schedule`, `trigger:<key>`, `backfill:<id>` or `chain:<executionId>`. */
  readonly cause: Scalars['String']['output'];
  readonly count: Scalars['Int']['output'];
  /** Null while nothing is decided. */
  readonly decidedAt: Maybe<Scalars['DateTime']['output']>;
  /** For people; may be empty. */
  readonly detail: Scalars['String']['output'];
  /** With its jitter; null of what did not fire. */
  readonly effectiveAt: Maybe<Scalars['DateTime']['output']>;
  readonly execution: Maybe<Execution>;
  readonly isLate: Scalars['Boolean']['output'];
  readonly job: Job;
  /** The version by whose schedule it is. */
  readonly jobVersion: Scalars['Int']['output'];
  /** From effectiveAt to decidedAt; null unless it was late. */
  readonly lateBy: Maybe<Scalars['Duration']['output']>;
  readonly outcome: OccurrenceOutcome;
  /** A stable code: ON_TIME, LATE, TRIGGERED, BACKFILLED, CHAINED; SCHEDULE_TO_START; EXECUTION_OPEN; BUFFER_FULL, REPLACED; DUPLICATE; CATCHUP_NONE, COLLAPSED, OUTSIDE_WINDOW, OVER_CATCHUP_MAX, SUPERSEDED; PAUSED; CALENDAR; DST_GAP; DUE, SCHEDULER_BEHIND. */
  readonly reason: Scalars['String']['output'];
  /** The nominal time; the first of a run. */
  readonly scheduledFor: Scalars['DateTime']['output'];
  /** The last of a run. */
  readonly through: Scalars['DateTime']['output'];
  /** Each nominal time of a run, up to 1,000 of them, from after an instant on. */
  readonly times: ReadonlyArray<Scalars['DateTime']['output']>;
  /** scheduledFor on the clocks of the job; or a time that they jumped over. */
  readonly wallTime: Maybe<Scalars['String']['output']>;
};


/** A nominal time with what became of it; or a run of them that were skipped for one reason. */
export type OccurrenceTimesArgs = {
  after?: InputMaybe<Scalars['DateTime']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type OccurrenceConnection = {
  readonly __typename?: 'OccurrenceConnection';
  readonly edges: ReadonlyArray<OccurrenceEdge>;
  readonly pageInfo: PageInfo;
  /** How many records there are; a run of equal skips is one. */
  readonly totalCount: Scalars['Int']['output'];
};

export type OccurrenceEdge = {
  readonly __typename?: 'OccurrenceEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: Occurrence;
};

export type OccurrenceFilter = {
  /** Not included. */
  readonly from?: InputMaybe<Scalars['DateTime']['input']>;
  /** Whether it fired late. */
  readonly isLate?: InputMaybe<Scalars['Boolean']['input']>;
  /** Up to 100. */
  readonly jobIds?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  readonly outcome?: InputMaybe<ReadonlyArray<OccurrenceOutcome>>;
  /** Included. */
  readonly to?: InputMaybe<Scalars['DateTime']['input']>;
};

export type OccurrenceOutcome =
  /** It fired, and was not run: as many others waited as may, or a newer one took its place. */
  | 'DROPPED_BUFFER'
  /** It fired, and its execution did not start within `timeouts.scheduleToStart`. */
  | 'EXPIRED'
  | 'FIRED'
  /** Due, and not decided yet. */
  | 'PENDING'
  | 'SKIPPED_CALENDAR'
  /** Nobody decided it in time, and by `catchup` it is not run. */
  | 'SKIPPED_CATCHUP'
  /** The clocks jumped over it, and `dstGap` is SKIP. */
  | 'SKIPPED_DST'
  /** It fired, and was not run: another execution with the same value of `unique.key` was taken in before. */
  | 'SKIPPED_DUPLICATE'
  /** It fired, and was not run since another execution of the job was open: `overlap` is SKIP. */
  | 'SKIPPED_OVERLAP'
  | 'SKIPPED_PAUSED';

/** What becomes of an execution that was started, and of which nobody knows how it ended: its executor was lost, or stopped before it had ended. */
export type OnUnknown =
  /** It is HELD until somebody releases or fails it. */
  | 'HOLD'
  /** It runs again. */
  | 'RETRY'
  /** It fails with OUTCOME_UNKNOWN. */
  | 'SKIP';

export type OnceBlackout = {
  readonly __typename?: 'OnceBlackout';
  readonly from: Scalars['DateTime']['output'];
  readonly to: Scalars['DateTime']['output'];
};

export type OnceInput = {
  /** Included. */
  readonly from: Scalars['DateTime']['input'];
  /** Not included. */
  readonly to: Scalars['DateTime']['input'];
};

/** What becomes of the executions that are open when their job is archived. */
export type OpenExecutions =
  /** They are cancelled, as by cancelExecution, with all that has fired by then. */
  | 'CANCEL'
  | 'LET_FINISH';

/** A time without any scheduler. */
export type OutageInput = {
  readonly from: Scalars['DateTime']['input'];
  /** When it is over. */
  readonly to: Scalars['DateTime']['input'];
};

export type Outcome =
  | 'CANCELLED'
  /** It did not start in time. */
  | 'EXPIRED'
  | 'FAILED'
  /** It was not run, since another execution of the job was open. */
  | 'SKIPPED'
  | 'SUCCEEDED'
  | 'TIMED_OUT';

/** What is done with an execution that comes while another one of its job is open: queued, running, in back-off or held. */
export type Overlap =
  /** It runs beside them. */
  | 'ALLOW_ALL'
  /** The same for up to bufferMax. */
  | 'BUFFER_ALL'
  /** It waits until nothing is open. One may wait; what comes later is SKIPPED. */
  | 'BUFFER_ONE'
  /** The others are asked to end, and it runs when they have. What waits already is SKIPPED: the newest takes its place. */
  | 'CANCEL_OTHER'
  /** It is SKIPPED. */
  | 'SKIP'
  /** The others are ended at once, without a grace, and it runs. What waits already is SKIPPED. */
  | 'TERMINATE_OTHER';

export type PageInfo = {
  readonly __typename?: 'PageInfo';
  readonly endCursor: Maybe<Scalars['String']['output']>;
  readonly hasNextPage: Scalars['Boolean']['output'];
};

export type Pause = {
  readonly __typename?: 'Pause';
  /** A user's id, or `jobs` when it followed from failures. */
  readonly by: Scalars['String']['output'];
  readonly note: Maybe<Scalars['String']['output']>;
  readonly reason: PauseReason;
  readonly since: Scalars['DateTime']['output'];
  /** It resumes by itself then. */
  readonly until: Maybe<Scalars['DateTime']['output']>;
  /** Who that is; null when it was no user. */
  readonly user: Maybe<User>;
};

export type PauseReason =
  | 'ASKED'
  /** Its executions failed pauseOnFailures times in a row. */
  | 'FAILURES';

export type Query = {
  readonly __typename?: 'Query';
  /** One of your calendars by its name, as it is now or in one of its versions; null when there is none. */
  readonly calendar: Maybe<Calendar>;
  /** Your calendars, by name. */
  readonly calendars: CalendarConnection;
  /** One job, or null when there is none that you may see. With asOf as it was at that instant; null before its creation. */
  readonly job: Maybe<Job>;
  /** What a job can do, with the JSON schema of its params. */
  readonly jobTypes: ReadonlyArray<JobType>;
  /** Your jobs, the newest first. */
  readonly jobs: JobConnection;
  /** What became of nominal times over all your jobs, the newest first. What is not decided yet is told of single jobs only: see `Job.occurrences`, or name up to 100 jobs here. */
  readonly occurrenceLedger: OccurrenceConnection;
  /** What a job would do from an instant (not included) up to another (included), up to 10 years, by the same function that the scheduler runs. Ends at 10,000 fires and skips together. */
  readonly simulateSchedule: Simulation;
  /** Where your workspace is told of what was missed, at most ten, in the order in which they were made. */
  readonly webhooks: ReadonlyArray<Webhook>;
};


export type QueryCalendarArgs = {
  name: Scalars['String']['input'];
  version?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryCalendarsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryJobArgs = {
  asOf?: InputMaybe<Scalars['DateTime']['input']>;
  id: Scalars['ID']['input'];
};


export type QueryJobsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<JobFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryOccurrenceLedgerArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<OccurrenceFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QuerySimulateScheduleArgs = {
  assumedDuration?: InputMaybe<Scalars['Duration']['input']>;
  from: Scalars['DateTime']['input'];
  input: SimulateScheduleInput;
  outages?: InputMaybe<ReadonlyArray<OutageInput>>;
  to: Scalars['DateTime']['input'];
};

export type Rate = {
  readonly __typename?: 'Rate';
  readonly burst: Scalars['Int']['output'];
  readonly perMinute: Scalars['Int']['output'];
};

export type RateInput = {
  /** Starts at once after a rest, 1 to 60,000; those of a second when left out. */
  readonly burst?: InputMaybe<Scalars['Int']['input']>;
  /** Starts a minute on average, 1 to 60,000. */
  readonly perMinute: Scalars['Int']['input'];
};

export type Retry = {
  readonly __typename?: 'Retry';
  readonly attemptsMax: Scalars['Int']['output'];
  readonly backoff: Scalars['Duration']['output'];
  readonly backoffMax: Scalars['Duration']['output'];
  readonly nonRetryable: ReadonlyArray<Scalars['String']['output']>;
};

/** How often a failed execution is tried again, and when. */
export type RetryInput = {
  /** How many attempts may fail or time out, 1 to 100; 1 when left out. Attempts whose executor was lost are counted apart. */
  readonly attemptsMax?: InputMaybe<Scalars['Int']['input']>;
  /** The wait before the second attempt is up to this, chosen at random; before each further one up to twice that before. 1ms to 1d; 1s when left out. */
  readonly backoff?: InputMaybe<Scalars['Duration']['input']>;
  /** No wait is chosen longer than this. 1ms to 1d; 15m when left out. */
  readonly backoffMax?: InputMaybe<Scalars['Duration']['input']>;
  /** Codes of errors after which no attempt follows, up to 50. */
  readonly nonRetryable?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};

export type ScheduleWarning = {
  readonly __typename?: 'ScheduleWarning';
  /** Stable. */
  readonly code: Scalars['String']['output'];
  readonly message: Scalars['String']['output'];
  /** Index in the schedule, from 0. */
  readonly position: Maybe<Scalars['Int']['output']>;
};

/** A calendar tells on which days and at which times jobs may not fire. A job names it in createJob or updateJob. */
export type SetCalendarInput = {
  /** Up to 200. */
  readonly blackouts?: ReadonlyArray<BlackoutInput>;
  /** Up to 1,000. */
  readonly holidays?: ReadonlyArray<HolidayInput>;
  /** Up to 100 characters. It stays: a calendar of another name is another one. */
  readonly name: Scalars['String']['input'];
  /** The zone of its days and times; that of each job when left out. */
  readonly timeZone?: InputMaybe<Scalars['TimeZone']['input']>;
  readonly workDays?: ReadonlyArray<Weekday>;
};

export type SetWebhookInput = {
  /** Of the one to change; a new one is made when left out. */
  readonly id?: InputMaybe<Scalars['ID']['input']>;
  readonly isEnabled?: InputMaybe<Scalars['Boolean']['input']>;
  readonly kinds: ReadonlyArray<MissedKind>;
  /** http or https, without a user name. Addresses that are not public are not called. */
  readonly url: Scalars['String']['input'];
};

/** The terms of a job as for createJob. */
export type SimulateScheduleInput = {
  readonly bufferMax?: InputMaybe<Scalars['Int']['input']>;
  /** By name: of inlineCalendars first, then of yours. */
  readonly calendars?: InputMaybe<ReadonlyArray<CalendarUseInput>>;
  readonly catchup?: InputMaybe<Catchup>;
  readonly catchupMax?: InputMaybe<Scalars['Int']['input']>;
  readonly catchupWindow?: InputMaybe<Scalars['Duration']['input']>;
  readonly dstGap?: InputMaybe<DstGap>;
  readonly dstOverlap?: InputMaybe<DstOverlap>;
  readonly endAt?: InputMaybe<Scalars['DateTime']['input']>;
  readonly firesMax?: InputMaybe<Scalars['Int']['input']>;
  /** Calendars that need not exist, up to 10. */
  readonly inlineCalendars?: InputMaybe<ReadonlyArray<SetCalendarInput>>;
  readonly jitter?: InputMaybe<Scalars['Duration']['input']>;
  /** The job that it would be: what H and jitter are hashes of. */
  readonly jobId?: InputMaybe<Scalars['ID']['input']>;
  readonly lateAfter?: InputMaybe<Scalars['Duration']['input']>;
  readonly overlap?: InputMaybe<Overlap>;
  readonly schedule: Scalars['String']['input'];
  readonly startAt?: InputMaybe<Scalars['DateTime']['input']>;
  readonly timeZone?: InputMaybe<Scalars['TimeZone']['input']>;
};

export type SimulatedAdmission = {
  readonly __typename?: 'SimulatedAdmission';
  /** The nominal time of the fire that would stand in its way. */
  readonly blockedBy: Maybe<Scalars['DateTime']['output']>;
  /** Earlier than by assumedDuration where another one would end it. */
  readonly endsAt: Maybe<Scalars['DateTime']['output']>;
  readonly outcome: AdmissionOutcome;
  /** Null of what would not be run. */
  readonly startsAt: Maybe<Scalars['DateTime']['output']>;
};

export type SimulatedFire = {
  readonly __typename?: 'SimulatedFire';
  /** By the same function that admits executions, if each starts as soon as it may, and ends at once when it is asked to; null where assumedDuration is left out. */
  readonly admission: Maybe<SimulatedAdmission>;
  /** The nominal time. */
  readonly at: Scalars['DateTime']['output'];
  /** With its jitter. */
  readonly effectiveAt: Scalars['DateTime']['output'];
  /** When a scheduler would decide it. */
  readonly firedAt: Scalars['DateTime']['output'];
  readonly late: Scalars['Boolean']['output'];
  readonly lateBy: Maybe<Scalars['Duration']['output']>;
  /** It would begin before the execution before it has ended; false where assumedDuration is left out. */
  readonly overlapsPrevious: Scalars['Boolean']['output'];
  readonly wallTime: Scalars['String']['output'];
};

/** A nominal time that would be skipped, or a run of them. */
export type SimulatedSkip = {
  readonly __typename?: 'SimulatedSkip';
  readonly count: Scalars['Int']['output'];
  readonly detail: Scalars['String']['output'];
  readonly from: Scalars['DateTime']['output'];
  readonly outcome: OccurrenceOutcome;
  readonly reason: Scalars['String']['output'];
  readonly to: Scalars['DateTime']['output'];
  readonly wallTime: Maybe<Scalars['String']['output']>;
};

export type Simulation = {
  readonly __typename?: 'Simulation';
  readonly fires: ReadonlyArray<SimulatedFire>;
  /** There is more than was told. */
  readonly isTruncated: Scalars['Boolean']['output'];
  readonly skips: ReadonlyArray<SimulatedSkip>;
  readonly warnings: ReadonlyArray<ScheduleWarning>;
};

export type Subscription = {
  readonly __typename?: 'Subscription';
  /** What is missed from now on, of one job or of all: kinds says what of; all of it when left out. */
  readonly jobMissed: JobMissed;
  /** The status as it is now, then each change of it. */
  readonly jobStatusChanged: JobStatus;
};


export type SubscriptionJobMissedArgs = {
  jobId?: InputMaybe<Scalars['ID']['input']>;
  kinds?: InputMaybe<ReadonlyArray<MissedKind>>;
};


export type SubscriptionJobStatusChangedArgs = {
  jobId: Scalars['ID']['input'];
};

/** Null is no limit. */
export type Timeouts = {
  readonly __typename?: 'Timeouts';
  readonly heartbeat: Maybe<Scalars['Duration']['output']>;
  readonly scheduleToClose: Maybe<Scalars['Duration']['output']>;
  readonly scheduleToStart: Maybe<Scalars['Duration']['output']>;
  readonly startToClose: Maybe<Scalars['Duration']['output']>;
};

/** Each is from 1s to 366d; null is no limit. */
export type TimeoutsInput = {
  /** An attempt that is silent for so long is given up; no limit when left out. Each line that a task logs is a sign of life. */
  readonly heartbeat?: InputMaybe<Scalars['Duration']['input']>;
  /** Of all attempts and the waits between them, from when it was queued; no limit when left out. */
  readonly scheduleToClose?: InputMaybe<Scalars['Duration']['input']>;
  /** An execution whose first attempt has not started so long after it was queued is EXPIRED; no limit when left out. */
  readonly scheduleToStart?: InputMaybe<Scalars['Duration']['input']>;
  /** Of one attempt; 1h when left out. */
  readonly startToClose?: InputMaybe<Scalars['Duration']['input']>;
};

export type Trigger = {
  readonly __typename?: 'Trigger';
  /** Null until the execution has been taken in. */
  readonly execution: Maybe<Execution>;
  readonly executionId: Scalars['ID']['output'];
};

export type Unique = {
  readonly __typename?: 'Unique';
  readonly key: Scalars['String']['output'];
  readonly window: Scalars['Duration']['output'];
};

/** At most one execution for each value of a key in a window; others are SKIPPED as DUPLICATE. Those that retryExecution or replay makes are no duplicates. */
export type UniqueInput = {
  /** A path into params, such as params.customer.id or customer.id; up to 200 characters. What has no value there, or null, is no duplicate. */
  readonly key: Scalars['String']['input'];
  /** How long a value is taken, from when its execution was taken in: 1s to 366d. */
  readonly window: Scalars['Duration']['input'];
};

/** What is left out, or null, stays; but null takes away startAt, endAt, firesMax, calendars, pauseOnFailures, unique, afterJob, concurrencyKey, concurrencyMax, rate and single timeouts. */
export type UpdateJobInput = {
  readonly afterJob?: InputMaybe<AfterJobInput>;
  readonly bufferMax?: InputMaybe<Scalars['Int']['input']>;
  readonly calendars?: InputMaybe<ReadonlyArray<CalendarUseInput>>;
  readonly cancelGrace?: InputMaybe<Scalars['Duration']['input']>;
  readonly catchup?: InputMaybe<Catchup>;
  readonly catchupMax?: InputMaybe<Scalars['Int']['input']>;
  readonly catchupWindow?: InputMaybe<Scalars['Duration']['input']>;
  readonly concurrencyKey?: InputMaybe<Scalars['String']['input']>;
  readonly concurrencyMax?: InputMaybe<Scalars['Int']['input']>;
  readonly dstGap?: InputMaybe<DstGap>;
  readonly dstOverlap?: InputMaybe<DstOverlap>;
  readonly endAt?: InputMaybe<Scalars['DateTime']['input']>;
  readonly firesMax?: InputMaybe<Scalars['Int']['input']>;
  readonly jitter?: InputMaybe<Scalars['Duration']['input']>;
  readonly lateAfter?: InputMaybe<Scalars['Duration']['input']>;
  readonly name?: InputMaybe<Scalars['String']['input']>;
  readonly onUnknown?: InputMaybe<OnUnknown>;
  readonly overlap?: InputMaybe<Overlap>;
  readonly params?: InputMaybe<Scalars['JSON']['input']>;
  readonly pauseOnFailures?: InputMaybe<Scalars['Int']['input']>;
  readonly priority?: InputMaybe<Scalars['Int']['input']>;
  readonly rate?: InputMaybe<RateInput>;
  /** Fields that are left out stay; a null is as the workspace has it. It holds for the fires that follow. */
  readonly retention?: InputMaybe<JobRetentionInput>;
  /** Fields that are left out, or null, stay. */
  readonly retry?: InputMaybe<RetryInput>;
  readonly schedule?: InputMaybe<Scalars['String']['input']>;
  readonly startAt?: InputMaybe<Scalars['DateTime']['input']>;
  readonly timeZone?: InputMaybe<Scalars['TimeZone']['input']>;
  /** Fields that are left out stay. */
  readonly timeouts?: InputMaybe<TimeoutsInput>;
  readonly unique?: InputMaybe<UniqueInput>;
};

export type User = {
  readonly __typename?: 'User';
  readonly id: Scalars['ID']['output'];
};

export type Webhook = {
  readonly __typename?: 'Webhook';
  readonly createdAt: Scalars['DateTime']['output'];
  /** The newest first. One that has ended is kept for 14 days, and at most 10,000 of a webhook. */
  readonly deliveries: WebhookDeliveryConnection;
  readonly disabledAt: Maybe<Scalars['DateTime']['output']>;
  readonly disabledReason: Maybe<WebhookDisabledReason>;
  /** Since when no delivery has succeeded; null when the last one did, or none was tried. */
  readonly failingSince: Maybe<Scalars['DateTime']['output']>;
  readonly id: Scalars['ID']['output'];
  readonly isEnabled: Scalars['Boolean']['output'];
  readonly kinds: ReadonlyArray<MissedKind>;
  readonly lastDeliveredAt: Maybe<Scalars['DateTime']['output']>;
  readonly updatedAt: Scalars['DateTime']['output'];
  readonly url: Scalars['String']['output'];
};


export type WebhookDeliveriesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type WebhookAttempt = {
  readonly __typename?: 'WebhookAttempt';
  readonly at: Scalars['DateTime']['output'];
  readonly durationMs: Scalars['Int']['output'];
  /** Why there was no answer, such as HTTP_TIMED_OUT. */
  readonly errorCode: Maybe<Scalars['String']['output']>;
  /** What the receiver answered; null when it did not. */
  readonly statusCode: Maybe<Scalars['Int']['output']>;
};

export type WebhookDelivery = {
  readonly __typename?: 'WebhookDelivery';
  /** The oldest first. */
  readonly attempts: ReadonlyArray<WebhookAttempt>;
  /** What is sent: what was missed. */
  readonly body: Scalars['JSON']['output'];
  readonly createdAt: Scalars['DateTime']['output'];
  /** The `webhook-id` of every attempt. */
  readonly id: Scalars['ID']['output'];
  /** Null when there will be none. */
  readonly nextAttemptAt: Maybe<Scalars['DateTime']['output']>;
  readonly state: WebhookDeliveryState;
  /** `job.late`, `job.skipped`, `job.expired`, `job.failing`, `job.overdue` or `test`. */
  readonly type: Scalars['String']['output'];
};

export type WebhookDeliveryConnection = {
  readonly __typename?: 'WebhookDeliveryConnection';
  readonly edges: ReadonlyArray<WebhookDeliveryEdge>;
  readonly pageInfo: PageInfo;
};

export type WebhookDeliveryEdge = {
  readonly __typename?: 'WebhookDeliveryEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: WebhookDelivery;
};

export type WebhookDeliveryState =
  | 'DELIVERED'
  | 'FAILED'
  | 'PENDING';

export type WebhookDisabledReason =
  | 'ASKED'
  /** Nothing was taken for five days. */
  | 'FAILING'
  /** The receiver answered 410 Gone. */
  | 'GONE';

export type WebhookWithSecret = {
  readonly __typename?: 'WebhookWithSecret';
  /** `whsec_…`, for one that was made or rotated just now; never shown again. */
  readonly secret: Maybe<Scalars['String']['output']>;
  readonly webhook: Webhook;
};

export type Weekday =
  | 'FRIDAY'
  | 'MONDAY'
  | 'SATURDAY'
  | 'SUNDAY'
  | 'THURSDAY'
  | 'TUESDAY'
  | 'WEDNESDAY';

export type WeeklyBlackout = {
  readonly __typename?: 'WeeklyBlackout';
  readonly days: ReadonlyArray<Weekday>;
  readonly from: Scalars['String']['output'];
  readonly to: Scalars['String']['output'];
};

export type WeeklyInput = {
  /** The days on which it begins. */
  readonly days: ReadonlyArray<Weekday>;
  /** A time of day such as `22:00`, included. */
  readonly from: Scalars['String']['input'];
  /** Not included; of the next day when it is not later than `from`. */
  readonly to: Scalars['String']['input'];
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  Job: Job;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Job:
    ( { __typename: 'Job' }
    & GraphQLRecursivePick<FederationTypes['Job'], {"id":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AdmissionOutcome: AdmissionOutcome;
  AfterJob: ResolverTypeWrapper<AfterJobSource>;
  AfterJobInput: AfterJobInput;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  AfterJobOn: AfterJobOn;
  Archive: ResolverTypeWrapper<ArchiveSource>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Backfill: ResolverTypeWrapper<BackfillSource>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  BackfillConnection: ResolverTypeWrapper<Omit<BackfillConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['BackfillEdge']> }>;
  BackfillEdge: ResolverTypeWrapper<Omit<BackfillEdge, 'node'> & { node: ResolversTypes['Backfill'] }>;
  BackfillState: BackfillState;
  Blackout: ResolverTypeWrapper<Blackout>;
  BlackoutInput: BlackoutInput;
  BulkChange: ResolverTypeWrapper<Omit<BulkChange, 'jobs'> & { jobs: ReadonlyArray<ResolversTypes['Job']> }>;
  Calendar: ResolverTypeWrapper<CalendarSource>;
  CalendarChange: ResolverTypeWrapper<CalendarVersionSource>;
  CalendarChangeConnection: ResolverTypeWrapper<Omit<CalendarChangeConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['CalendarChangeEdge']> }>;
  CalendarChangeEdge: ResolverTypeWrapper<Omit<CalendarChangeEdge, 'node'> & { node: ResolversTypes['CalendarChange'] }>;
  CalendarConnection: ResolverTypeWrapper<Omit<CalendarConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['CalendarEdge']> }>;
  CalendarDays: CalendarDays;
  CalendarEdge: ResolverTypeWrapper<Omit<CalendarEdge, 'node'> & { node: ResolversTypes['Calendar'] }>;
  CalendarUse: ResolverTypeWrapper<CalendarUse>;
  CalendarUseInput: CalendarUseInput;
  Catchup: Catchup;
  CreateJobInput: CreateJobInput;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DstGap: DstGap;
  DstOverlap: DstOverlap;
  Duration: ResolverTypeWrapper<Scalars['Duration']['output']>;
  Execution: ResolverTypeWrapper<Execution>;
  Explanation: ResolverTypeWrapper<ExplanationSource>;
  ExplanationVerdict: ExplanationVerdict;
  FieldChange: ResolverTypeWrapper<FieldChange>;
  Holiday: ResolverTypeWrapper<Holiday>;
  HolidayInput: HolidayInput;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  Job: ResolverTypeWrapper<JobSource>;
  JobChangeType: JobChangeType;
  JobConnection: ResolverTypeWrapper<JobListSource>;
  JobEdge: ResolverTypeWrapper<Omit<JobEdge, 'node'> & { node: ResolversTypes['Job'] }>;
  JobFilter: JobFilter;
  JobHistoryConnection: ResolverTypeWrapper<Omit<JobHistoryConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['JobHistoryEdge']> }>;
  JobHistoryEdge: ResolverTypeWrapper<Omit<JobHistoryEdge, 'node'> & { node: ResolversTypes['JobHistoryEntry'] }>;
  JobHistoryEntry: ResolverTypeWrapper<JobStepSource>;
  JobMissed: ResolverTypeWrapper<MissedSource>;
  JobPhase: JobPhase;
  JobRetention: ResolverTypeWrapper<JobRetention>;
  JobRetentionInput: JobRetentionInput;
  JobState: JobState;
  JobStatus: ResolverTypeWrapper<JobStatusSource>;
  JobType: ResolverTypeWrapper<JobType>;
  MissedKind: MissedKind;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Occurrence: ResolverTypeWrapper<OccurrenceSource>;
  OccurrenceConnection: ResolverTypeWrapper<OccurrenceListSource>;
  OccurrenceEdge: ResolverTypeWrapper<Omit<OccurrenceEdge, 'node'> & { node: ResolversTypes['Occurrence'] }>;
  OccurrenceFilter: OccurrenceFilter;
  OccurrenceOutcome: OccurrenceOutcome;
  OnUnknown: OnUnknown;
  OnceBlackout: ResolverTypeWrapper<OnceBlackout>;
  OnceInput: OnceInput;
  OpenExecutions: OpenExecutions;
  OutageInput: OutageInput;
  Outcome: Outcome;
  Overlap: Overlap;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Pause: ResolverTypeWrapper<PauseSource>;
  PauseReason: PauseReason;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Rate: ResolverTypeWrapper<Rate>;
  RateInput: RateInput;
  Retry: ResolverTypeWrapper<Retry>;
  RetryInput: RetryInput;
  ScheduleWarning: ResolverTypeWrapper<ScheduleWarning>;
  SetCalendarInput: SetCalendarInput;
  SetWebhookInput: SetWebhookInput;
  SimulateScheduleInput: SimulateScheduleInput;
  SimulatedAdmission: ResolverTypeWrapper<SimulatedAdmission>;
  SimulatedFire: ResolverTypeWrapper<ImaginedFireSource>;
  SimulatedSkip: ResolverTypeWrapper<ImaginedSkipSource>;
  Simulation: ResolverTypeWrapper<SimulationSource>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  TimeZone: ResolverTypeWrapper<Scalars['TimeZone']['output']>;
  Timeouts: ResolverTypeWrapper<Timeouts>;
  TimeoutsInput: TimeoutsInput;
  Trigger: ResolverTypeWrapper<TriggerSource>;
  Unique: ResolverTypeWrapper<Unique>;
  UniqueInput: UniqueInput;
  UpdateJobInput: UpdateJobInput;
  User: ResolverTypeWrapper<User>;
  Webhook: ResolverTypeWrapper<KnownWebhookSource>;
  WebhookAttempt: ResolverTypeWrapper<WebhookAttempt>;
  WebhookDelivery: ResolverTypeWrapper<DeliverySource>;
  WebhookDeliveryConnection: ResolverTypeWrapper<Omit<WebhookDeliveryConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['WebhookDeliveryEdge']> }>;
  WebhookDeliveryEdge: ResolverTypeWrapper<Omit<WebhookDeliveryEdge, 'node'> & { node: ResolversTypes['WebhookDelivery'] }>;
  WebhookDeliveryState: WebhookDeliveryState;
  WebhookDisabledReason: WebhookDisabledReason;
  WebhookWithSecret: ResolverTypeWrapper<WebhookWithSecretSource>;
  Weekday: Weekday;
  WeeklyBlackout: ResolverTypeWrapper<WeeklyBlackout>;
  WeeklyInput: WeeklyInput;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AfterJob: AfterJobSource;
  AfterJobInput: AfterJobInput;
  ID: Scalars['ID']['output'];
  Archive: ArchiveSource;
  Int: Scalars['Int']['output'];
  Backfill: BackfillSource;
  String: Scalars['String']['output'];
  Boolean: Scalars['Boolean']['output'];
  BackfillConnection: Omit<BackfillConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['BackfillEdge']> };
  BackfillEdge: Omit<BackfillEdge, 'node'> & { node: ResolversParentTypes['Backfill'] };
  Blackout: Blackout;
  BlackoutInput: BlackoutInput;
  BulkChange: Omit<BulkChange, 'jobs'> & { jobs: ReadonlyArray<ResolversParentTypes['Job']> };
  Calendar: CalendarSource;
  CalendarChange: CalendarVersionSource;
  CalendarChangeConnection: Omit<CalendarChangeConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['CalendarChangeEdge']> };
  CalendarChangeEdge: Omit<CalendarChangeEdge, 'node'> & { node: ResolversParentTypes['CalendarChange'] };
  CalendarConnection: Omit<CalendarConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['CalendarEdge']> };
  CalendarEdge: Omit<CalendarEdge, 'node'> & { node: ResolversParentTypes['Calendar'] };
  CalendarUse: CalendarUse;
  CalendarUseInput: CalendarUseInput;
  CreateJobInput: CreateJobInput;
  DateTime: Scalars['DateTime']['output'];
  Duration: Scalars['Duration']['output'];
  Execution: Execution;
  Explanation: ExplanationSource;
  FieldChange: FieldChange;
  Holiday: Holiday;
  HolidayInput: HolidayInput;
  JSON: Scalars['JSON']['output'];
  Job: JobSource;
  JobConnection: JobListSource;
  JobEdge: Omit<JobEdge, 'node'> & { node: ResolversParentTypes['Job'] };
  JobFilter: JobFilter;
  JobHistoryConnection: Omit<JobHistoryConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['JobHistoryEdge']> };
  JobHistoryEdge: Omit<JobHistoryEdge, 'node'> & { node: ResolversParentTypes['JobHistoryEntry'] };
  JobHistoryEntry: JobStepSource;
  JobMissed: MissedSource;
  JobRetention: JobRetention;
  JobRetentionInput: JobRetentionInput;
  JobStatus: JobStatusSource;
  JobType: JobType;
  Mutation: Record<PropertyKey, never>;
  Occurrence: OccurrenceSource;
  OccurrenceConnection: OccurrenceListSource;
  OccurrenceEdge: Omit<OccurrenceEdge, 'node'> & { node: ResolversParentTypes['Occurrence'] };
  OccurrenceFilter: OccurrenceFilter;
  OnceBlackout: OnceBlackout;
  OnceInput: OnceInput;
  OutageInput: OutageInput;
  PageInfo: PageInfo;
  Pause: PauseSource;
  Query: Record<PropertyKey, never>;
  Rate: Rate;
  RateInput: RateInput;
  Retry: Retry;
  RetryInput: RetryInput;
  ScheduleWarning: ScheduleWarning;
  SetCalendarInput: SetCalendarInput;
  SetWebhookInput: SetWebhookInput;
  SimulateScheduleInput: SimulateScheduleInput;
  SimulatedAdmission: SimulatedAdmission;
  SimulatedFire: ImaginedFireSource;
  SimulatedSkip: ImaginedSkipSource;
  Simulation: SimulationSource;
  Subscription: Record<PropertyKey, never>;
  TimeZone: Scalars['TimeZone']['output'];
  Timeouts: Timeouts;
  TimeoutsInput: TimeoutsInput;
  Trigger: TriggerSource;
  Unique: Unique;
  UniqueInput: UniqueInput;
  UpdateJobInput: UpdateJobInput;
  User: User;
  Webhook: KnownWebhookSource;
  WebhookAttempt: WebhookAttempt;
  WebhookDelivery: DeliverySource;
  WebhookDeliveryConnection: Omit<WebhookDeliveryConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['WebhookDeliveryEdge']> };
  WebhookDeliveryEdge: Omit<WebhookDeliveryEdge, 'node'> & { node: ResolversParentTypes['WebhookDelivery'] };
  WebhookWithSecret: WebhookWithSecretSource;
  WeeklyBlackout: WeeklyBlackout;
  WeeklyInput: WeeklyInput;
};

export type AfterJobResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['AfterJob'] = ResolversParentTypes['AfterJob']> = {
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  on?: Resolver<ResolversTypes['AfterJobOn'], ParentType, ContextType>;
};

export type ArchiveResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Archive'] = ResolversParentTypes['Archive']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  executions?: Resolver<ResolversTypes['OpenExecutions'], ParentType, ContextType>;
  openCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
};

export type BackfillResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Backfill'] = ResolversParentTypes['Backfill']> = {
  expectedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  firedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  firesPerMinuteMax?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  from?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  leftOutCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  occurrences?: Resolver<ResolversTypes['OccurrenceConnection'], ParentType, ContextType, RequireFields<BackfillOccurrencesArgs, 'first'>>;
  requestedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  rerun?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['BackfillState'], ParentType, ContextType>;
  to?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type BackfillConnectionResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['BackfillConnection'] = ResolversParentTypes['BackfillConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['BackfillEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type BackfillEdgeResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['BackfillEdge'] = ResolversParentTypes['BackfillEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Backfill'], ParentType, ContextType>;
};

export type BlackoutResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Blackout'] = ResolversParentTypes['Blackout']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  once?: Resolver<Maybe<ResolversTypes['OnceBlackout']>, ParentType, ContextType>;
  weekly?: Resolver<Maybe<ResolversTypes['WeeklyBlackout']>, ParentType, ContextType>;
};

export type BulkChangeResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['BulkChange'] = ResolversParentTypes['BulkChange']> = {
  changed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  jobs?: Resolver<ReadonlyArray<ResolversTypes['Job']>, ParentType, ContextType>;
  unchanged?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CalendarResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Calendar'] = ResolversParentTypes['Calendar']> = {
  blackouts?: Resolver<ReadonlyArray<ResolversTypes['Blackout']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  history?: Resolver<ResolversTypes['CalendarChangeConnection'], ParentType, ContextType, RequireFields<CalendarHistoryArgs, 'first'>>;
  holidays?: Resolver<ReadonlyArray<ResolversTypes['Holiday']>, ParentType, ContextType>;
  jobs?: Resolver<ResolversTypes['JobConnection'], ParentType, ContextType, RequireFields<CalendarJobsArgs, 'first'>>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  staleJobs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  timeZone?: Resolver<Maybe<ResolversTypes['TimeZone']>, ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  workDays?: Resolver<ReadonlyArray<ResolversTypes['Weekday']>, ParentType, ContextType>;
};

export type CalendarChangeResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['CalendarChange'] = ResolversParentTypes['CalendarChange']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  by?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  calendar?: Resolver<Maybe<ResolversTypes['Calendar']>, ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CalendarChangeConnectionResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['CalendarChangeConnection'] = ResolversParentTypes['CalendarChangeConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['CalendarChangeEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type CalendarChangeEdgeResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['CalendarChangeEdge'] = ResolversParentTypes['CalendarChangeEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['CalendarChange'], ParentType, ContextType>;
};

export type CalendarConnectionResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['CalendarConnection'] = ResolversParentTypes['CalendarConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['CalendarEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type CalendarEdgeResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['CalendarEdge'] = ResolversParentTypes['CalendarEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Calendar'], ParentType, ContextType>;
};

export type CalendarUseResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['CalendarUse'] = ResolversParentTypes['CalendarUse']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  on?: Resolver<ResolversTypes['CalendarDays'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface DurationScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Duration'], any> {
  name: 'Duration';
}

export type ExecutionResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Execution'] = ResolversParentTypes['Execution']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type ExplanationResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Explanation'] = ResolversParentTypes['Explanation']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  next?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  occurrence?: Resolver<Maybe<ResolversTypes['Occurrence']>, ParentType, ContextType>;
  previous?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  verdict?: Resolver<ResolversTypes['ExplanationVerdict'], ParentType, ContextType>;
  wallTime?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type FieldChangeResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['FieldChange'] = ResolversParentTypes['FieldChange']> = {
  after?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  before?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type HolidayResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Holiday'] = ResolversParentTypes['Holiday']> = {
  from?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  to?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type JobResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Job'] = ResolversParentTypes['Job'], FederationReferenceType extends FederationReferenceTypes['Job'] = FederationReferenceTypes['Job']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Job']> | FederationReferenceType, FederationReferenceType, ContextType>;
  afterJob?: Resolver<Maybe<ResolversTypes['AfterJob']>, ParentType, ContextType>;
  appliedVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  archive?: Resolver<Maybe<ResolversTypes['Archive']>, ParentType, ContextType>;
  backfills?: Resolver<ResolversTypes['BackfillConnection'], ParentType, ContextType, RequireFields<JobBackfillsArgs, 'first'>>;
  bufferMax?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  calendars?: Resolver<ReadonlyArray<ResolversTypes['CalendarUse']>, ParentType, ContextType>;
  cancelGrace?: Resolver<ResolversTypes['Duration'], ParentType, ContextType>;
  catchup?: Resolver<ResolversTypes['Catchup'], ParentType, ContextType>;
  catchupMax?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  catchupWindow?: Resolver<ResolversTypes['Duration'], ParentType, ContextType>;
  concurrencyKey?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  concurrencyMax?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  dstGap?: Resolver<ResolversTypes['DstGap'], ParentType, ContextType>;
  dstOverlap?: Resolver<ResolversTypes['DstOverlap'], ParentType, ContextType>;
  endAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  explain?: Resolver<ResolversTypes['Explanation'], ParentType, ContextType, RequireFields<JobExplainArgs, 'at'>>;
  firesMax?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  history?: Resolver<ResolversTypes['JobHistoryConnection'], ParentType, ContextType, RequireFields<JobHistoryArgs, 'first'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  jitter?: Resolver<ResolversTypes['Duration'], ParentType, ContextType>;
  jobType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  lateAfter?: Resolver<ResolversTypes['Duration'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  nextFireTimes?: Resolver<ReadonlyArray<ResolversTypes['DateTime']>, ParentType, ContextType, RequireFields<JobNextFireTimesArgs, 'count'>>;
  occurrences?: Resolver<ResolversTypes['OccurrenceConnection'], ParentType, ContextType, RequireFields<JobOccurrencesArgs, 'first'>>;
  onUnknown?: Resolver<ResolversTypes['OnUnknown'], ParentType, ContextType>;
  overlap?: Resolver<ResolversTypes['Overlap'], ParentType, ContextType>;
  owner?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  params?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  pause?: Resolver<Maybe<ResolversTypes['Pause']>, ParentType, ContextType>;
  pauseOnFailures?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  priority?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  rate?: Resolver<Maybe<ResolversTypes['Rate']>, ParentType, ContextType>;
  retention?: Resolver<ResolversTypes['JobRetention'], ParentType, ContextType>;
  retry?: Resolver<ResolversTypes['Retry'], ParentType, ContextType>;
  schedule?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  startAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['JobState'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['JobStatus'], ParentType, ContextType>;
  timeZone?: Resolver<ResolversTypes['TimeZone'], ParentType, ContextType>;
  timeouts?: Resolver<ResolversTypes['Timeouts'], ParentType, ContextType>;
  triggersJobs?: Resolver<ReadonlyArray<ResolversTypes['Job']>, ParentType, ContextType>;
  unique?: Resolver<Maybe<ResolversTypes['Unique']>, ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  warnings?: Resolver<ReadonlyArray<ResolversTypes['ScheduleWarning']>, ParentType, ContextType>;
};

export type JobConnectionResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['JobConnection'] = ResolversParentTypes['JobConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['JobEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type JobEdgeResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['JobEdge'] = ResolversParentTypes['JobEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
};

export type JobHistoryConnectionResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['JobHistoryConnection'] = ResolversParentTypes['JobHistoryConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['JobHistoryEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type JobHistoryEdgeResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['JobHistoryEdge'] = ResolversParentTypes['JobHistoryEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['JobHistoryEntry'], ParentType, ContextType>;
};

export type JobHistoryEntryResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['JobHistoryEntry'] = ResolversParentTypes['JobHistoryEntry']> = {
  actor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  changes?: Resolver<ReadonlyArray<ResolversTypes['FieldChange']>, ParentType, ContextType>;
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  note?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['JobChangeType'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type JobMissedResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['JobMissed'] = ResolversParentTypes['JobMissed']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  cause?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  detail?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  execution?: Resolver<Maybe<ResolversTypes['Execution']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['MissedKind'], ParentType, ContextType>;
  lateBy?: Resolver<Maybe<ResolversTypes['Duration']>, ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  scheduledFor?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  through?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  wallTime?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type JobRetentionResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['JobRetention'] = ResolversParentTypes['JobRetention']> = {
  executions?: Resolver<Maybe<ResolversTypes['Duration']>, ParentType, ContextType>;
  logs?: Resolver<Maybe<ResolversTypes['Duration']>, ParentType, ContextType>;
};

export type JobStatusResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['JobStatus'] = ResolversParentTypes['JobStatus']> = {
  cancelledCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  consecutiveFailures?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  expiredCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  failedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  heldCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  lastExecution?: Resolver<Maybe<ResolversTypes['Execution']>, ParentType, ContextType>;
  lastFiredAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lastOutcome?: Resolver<Maybe<ResolversTypes['Outcome']>, ParentType, ContextType>;
  nextFireAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  phase?: Resolver<ResolversTypes['JobPhase'], ParentType, ContextType>;
  queuedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  retryingCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  runningCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  skippedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  succeededCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  waitingCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type JobTypeResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['JobType'] = ResolversParentTypes['JobType']> = {
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  paramsSchema?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  archiveJob: Resolver<ResolversTypes['Job'], ParentType, ContextType, RequireFields<MutationArchiveJobArgs, 'executions' | 'id'>>;
  backfill: Resolver<ResolversTypes['Backfill'], ParentType, ContextType, RequireFields<MutationBackfillArgs, 'dryRun' | 'from' | 'jobId' | 'rerun' | 'to'>>;
  cancelBackfill: Resolver<ResolversTypes['Backfill'], ParentType, ContextType, RequireFields<MutationCancelBackfillArgs, 'id'>>;
  createJob: Resolver<ResolversTypes['Job'], ParentType, ContextType, RequireFields<MutationCreateJobArgs, 'input'>>;
  createJobs: Resolver<ReadonlyArray<ResolversTypes['Job']>, ParentType, ContextType, RequireFields<MutationCreateJobsArgs, 'inputs'>>;
  deleteCalendar: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<MutationDeleteCalendarArgs, 'name'>>;
  deleteWebhook: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<MutationDeleteWebhookArgs, 'id'>>;
  pauseJob: Resolver<ResolversTypes['Job'], ParentType, ContextType, RequireFields<MutationPauseJobArgs, 'id'>>;
  pauseJobs: Resolver<ResolversTypes['BulkChange'], ParentType, ContextType, RequireFields<MutationPauseJobsArgs, 'filter'>>;
  redeliverWebhook: Resolver<ResolversTypes['WebhookDelivery'], ParentType, ContextType, RequireFields<MutationRedeliverWebhookArgs, 'deliveryId'>>;
  resumeJob: Resolver<ResolversTypes['Job'], ParentType, ContextType, RequireFields<MutationResumeJobArgs, 'catchUp' | 'id'>>;
  resumeJobs: Resolver<ResolversTypes['BulkChange'], ParentType, ContextType, RequireFields<MutationResumeJobsArgs, 'filter'>>;
  rotateWebhookSecret: Resolver<ResolversTypes['WebhookWithSecret'], ParentType, ContextType, RequireFields<MutationRotateWebhookSecretArgs, 'id'>>;
  setCalendar: Resolver<ResolversTypes['Calendar'], ParentType, ContextType, RequireFields<MutationSetCalendarArgs, 'input'>>;
  setWebhook: Resolver<ResolversTypes['WebhookWithSecret'], ParentType, ContextType, RequireFields<MutationSetWebhookArgs, 'input'>>;
  testWebhook: Resolver<ResolversTypes['WebhookDelivery'], ParentType, ContextType, RequireFields<MutationTestWebhookArgs, 'id'>>;
  triggerJob: Resolver<ResolversTypes['Trigger'], ParentType, ContextType, RequireFields<MutationTriggerJobArgs, 'id'>>;
  updateJob: Resolver<ResolversTypes['Job'], ParentType, ContextType, RequireFields<MutationUpdateJobArgs, 'id' | 'input'>>;
};

export type OccurrenceResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Occurrence'] = ResolversParentTypes['Occurrence']> = {
  cause?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  decidedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  detail?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  effectiveAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  execution?: Resolver<Maybe<ResolversTypes['Execution']>, ParentType, ContextType>;
  isLate?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  jobVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  lateBy?: Resolver<Maybe<ResolversTypes['Duration']>, ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['OccurrenceOutcome'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  scheduledFor?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  through?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  times?: Resolver<ReadonlyArray<ResolversTypes['DateTime']>, ParentType, ContextType, RequireFields<OccurrenceTimesArgs, 'first'>>;
  wallTime?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type OccurrenceConnectionResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['OccurrenceConnection'] = ResolversParentTypes['OccurrenceConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['OccurrenceEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type OccurrenceEdgeResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['OccurrenceEdge'] = ResolversParentTypes['OccurrenceEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Occurrence'], ParentType, ContextType>;
};

export type OnceBlackoutResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['OnceBlackout'] = ResolversParentTypes['OnceBlackout']> = {
  from?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  to?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type PauseResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Pause'] = ResolversParentTypes['Pause']> = {
  by?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  note?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['PauseReason'], ParentType, ContextType>;
  since?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  until?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  calendar: Resolver<Maybe<ResolversTypes['Calendar']>, ParentType, ContextType, RequireFields<QueryCalendarArgs, 'name'>>;
  calendars: Resolver<ResolversTypes['CalendarConnection'], ParentType, ContextType, RequireFields<QueryCalendarsArgs, 'first'>>;
  job: Resolver<Maybe<ResolversTypes['Job']>, ParentType, ContextType, RequireFields<QueryJobArgs, 'id'>>;
  jobTypes: Resolver<ReadonlyArray<ResolversTypes['JobType']>, ParentType, ContextType>;
  jobs: Resolver<ResolversTypes['JobConnection'], ParentType, ContextType, RequireFields<QueryJobsArgs, 'first'>>;
  occurrenceLedger: Resolver<ResolversTypes['OccurrenceConnection'], ParentType, ContextType, RequireFields<QueryOccurrenceLedgerArgs, 'first'>>;
  simulateSchedule: Resolver<ResolversTypes['Simulation'], ParentType, ContextType, RequireFields<QuerySimulateScheduleArgs, 'from' | 'input' | 'to'>>;
  webhooks: Resolver<ReadonlyArray<ResolversTypes['Webhook']>, ParentType, ContextType>;
};

export type RateResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Rate'] = ResolversParentTypes['Rate']> = {
  burst?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  perMinute?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type RetryResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Retry'] = ResolversParentTypes['Retry']> = {
  attemptsMax?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  backoff?: Resolver<ResolversTypes['Duration'], ParentType, ContextType>;
  backoffMax?: Resolver<ResolversTypes['Duration'], ParentType, ContextType>;
  nonRetryable?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ScheduleWarningResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['ScheduleWarning'] = ResolversParentTypes['ScheduleWarning']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  position?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type SimulatedAdmissionResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['SimulatedAdmission'] = ResolversParentTypes['SimulatedAdmission']> = {
  blockedBy?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  endsAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['AdmissionOutcome'], ParentType, ContextType>;
  startsAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type SimulatedFireResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['SimulatedFire'] = ResolversParentTypes['SimulatedFire']> = {
  admission?: Resolver<Maybe<ResolversTypes['SimulatedAdmission']>, ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  effectiveAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  firedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  late?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  lateBy?: Resolver<Maybe<ResolversTypes['Duration']>, ParentType, ContextType>;
  overlapsPrevious?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  wallTime?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SimulatedSkipResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['SimulatedSkip'] = ResolversParentTypes['SimulatedSkip']> = {
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  detail?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  from?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['OccurrenceOutcome'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  to?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  wallTime?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SimulationResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Simulation'] = ResolversParentTypes['Simulation']> = {
  fires?: Resolver<ReadonlyArray<ResolversTypes['SimulatedFire']>, ParentType, ContextType>;
  isTruncated?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  skips?: Resolver<ReadonlyArray<ResolversTypes['SimulatedSkip']>, ParentType, ContextType>;
  warnings?: Resolver<ReadonlyArray<ResolversTypes['ScheduleWarning']>, ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  jobMissed: SubscriptionResolver<ResolversTypes['JobMissed'], "jobMissed", ParentType, ContextType, Partial<SubscriptionJobMissedArgs>>;
  jobStatusChanged: SubscriptionResolver<ResolversTypes['JobStatus'], "jobStatusChanged", ParentType, ContextType, RequireFields<SubscriptionJobStatusChangedArgs, 'jobId'>>;
};

export interface TimeZoneScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['TimeZone'], any> {
  name: 'TimeZone';
}

export type TimeoutsResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Timeouts'] = ResolversParentTypes['Timeouts']> = {
  heartbeat?: Resolver<Maybe<ResolversTypes['Duration']>, ParentType, ContextType>;
  scheduleToClose?: Resolver<Maybe<ResolversTypes['Duration']>, ParentType, ContextType>;
  scheduleToStart?: Resolver<Maybe<ResolversTypes['Duration']>, ParentType, ContextType>;
  startToClose?: Resolver<Maybe<ResolversTypes['Duration']>, ParentType, ContextType>;
};

export type TriggerResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Trigger'] = ResolversParentTypes['Trigger']> = {
  execution?: Resolver<Maybe<ResolversTypes['Execution']>, ParentType, ContextType>;
  executionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type UniqueResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Unique'] = ResolversParentTypes['Unique']> = {
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  window?: Resolver<ResolversTypes['Duration'], ParentType, ContextType>;
};

export type UserResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type WebhookResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Webhook'] = ResolversParentTypes['Webhook']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  deliveries?: Resolver<ResolversTypes['WebhookDeliveryConnection'], ParentType, ContextType, RequireFields<WebhookDeliveriesArgs, 'first'>>;
  disabledAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  disabledReason?: Resolver<Maybe<ResolversTypes['WebhookDisabledReason']>, ParentType, ContextType>;
  failingSince?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isEnabled?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  kinds?: Resolver<ReadonlyArray<ResolversTypes['MissedKind']>, ParentType, ContextType>;
  lastDeliveredAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  url?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type WebhookAttemptResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['WebhookAttempt'] = ResolversParentTypes['WebhookAttempt']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  durationMs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  errorCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  statusCode?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type WebhookDeliveryResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['WebhookDelivery'] = ResolversParentTypes['WebhookDelivery']> = {
  attempts?: Resolver<ReadonlyArray<ResolversTypes['WebhookAttempt']>, ParentType, ContextType>;
  body?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nextAttemptAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['WebhookDeliveryState'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type WebhookDeliveryConnectionResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['WebhookDeliveryConnection'] = ResolversParentTypes['WebhookDeliveryConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['WebhookDeliveryEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type WebhookDeliveryEdgeResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['WebhookDeliveryEdge'] = ResolversParentTypes['WebhookDeliveryEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['WebhookDelivery'], ParentType, ContextType>;
};

export type WebhookWithSecretResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['WebhookWithSecret'] = ResolversParentTypes['WebhookWithSecret']> = {
  secret?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  webhook?: Resolver<ResolversTypes['Webhook'], ParentType, ContextType>;
};

export type WeeklyBlackoutResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['WeeklyBlackout'] = ResolversParentTypes['WeeklyBlackout']> = {
  days?: Resolver<ReadonlyArray<ResolversTypes['Weekday']>, ParentType, ContextType>;
  from?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  to?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type Resolvers<ContextType = JobsContext> = {
  AfterJob?: AfterJobResolvers<ContextType>;
  Archive?: ArchiveResolvers<ContextType>;
  Backfill?: BackfillResolvers<ContextType>;
  BackfillConnection?: BackfillConnectionResolvers<ContextType>;
  BackfillEdge?: BackfillEdgeResolvers<ContextType>;
  Blackout?: BlackoutResolvers<ContextType>;
  BulkChange?: BulkChangeResolvers<ContextType>;
  Calendar?: CalendarResolvers<ContextType>;
  CalendarChange?: CalendarChangeResolvers<ContextType>;
  CalendarChangeConnection?: CalendarChangeConnectionResolvers<ContextType>;
  CalendarChangeEdge?: CalendarChangeEdgeResolvers<ContextType>;
  CalendarConnection?: CalendarConnectionResolvers<ContextType>;
  CalendarEdge?: CalendarEdgeResolvers<ContextType>;
  CalendarUse?: CalendarUseResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Duration?: GraphQLScalarType;
  Execution?: ExecutionResolvers<ContextType>;
  Explanation?: ExplanationResolvers<ContextType>;
  FieldChange?: FieldChangeResolvers<ContextType>;
  Holiday?: HolidayResolvers<ContextType>;
  JSON?: GraphQLScalarType;
  Job?: JobResolvers<ContextType>;
  JobConnection?: JobConnectionResolvers<ContextType>;
  JobEdge?: JobEdgeResolvers<ContextType>;
  JobHistoryConnection?: JobHistoryConnectionResolvers<ContextType>;
  JobHistoryEdge?: JobHistoryEdgeResolvers<ContextType>;
  JobHistoryEntry?: JobHistoryEntryResolvers<ContextType>;
  JobMissed?: JobMissedResolvers<ContextType>;
  JobRetention?: JobRetentionResolvers<ContextType>;
  JobStatus?: JobStatusResolvers<ContextType>;
  JobType?: JobTypeResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Occurrence?: OccurrenceResolvers<ContextType>;
  OccurrenceConnection?: OccurrenceConnectionResolvers<ContextType>;
  OccurrenceEdge?: OccurrenceEdgeResolvers<ContextType>;
  OnceBlackout?: OnceBlackoutResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Pause?: PauseResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Rate?: RateResolvers<ContextType>;
  Retry?: RetryResolvers<ContextType>;
  ScheduleWarning?: ScheduleWarningResolvers<ContextType>;
  SimulatedAdmission?: SimulatedAdmissionResolvers<ContextType>;
  SimulatedFire?: SimulatedFireResolvers<ContextType>;
  SimulatedSkip?: SimulatedSkipResolvers<ContextType>;
  Simulation?: SimulationResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  TimeZone?: GraphQLScalarType;
  Timeouts?: TimeoutsResolvers<ContextType>;
  Trigger?: TriggerResolvers<ContextType>;
  Unique?: UniqueResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  Webhook?: WebhookResolvers<ContextType>;
  WebhookAttempt?: WebhookAttemptResolvers<ContextType>;
  WebhookDelivery?: WebhookDeliveryResolvers<ContextType>;
  WebhookDeliveryConnection?: WebhookDeliveryConnectionResolvers<ContextType>;
  WebhookDeliveryEdge?: WebhookDeliveryEdgeResolvers<ContextType>;
  WebhookWithSecret?: WebhookWithSecretResolvers<ContextType>;
  WeeklyBlackout?: WeeklyBlackoutResolvers<ContextType>;
};

