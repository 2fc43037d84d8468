import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Artefact as ArtefactSource } from '../projections/artefacts.ts';
import type { ShownAttempt as ShownAttemptSource } from './shown-attempt.ts';
import type { OperatorAnswer as OperatorAnswerSource } from '../commands/operate.ts';
import type { Cancellation as CancellationSource, Execution as ExecutionSource } from '../domain/execution.ts';
import type { DeadLetter as DeadLetterSource } from '../projections/dead-letters.ts';
import type { DeadLetterPage as DeadLetterPageSource } from './dead-letter-resolvers.ts';
import type { ExecutionPage as ExecutionPageSource } from './execution-page.ts';
import type { JobReference as JobReferenceSource } from './job-reference.ts';
import type { Progress as ProgressSource } from '../projections/progress.ts';
import type { NumberedLine as NumberedLineSource } from '../projections/logs.ts';
import type { WaitingFor as WaitingForSource } from '../projections/waiting-for.ts';
import type { Replay as ReplaySource } from '../domain/replay.ts';
import type { Context } from './context.ts';
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
  _FieldSet: { input: string; output: string; }
};

/** A file that an execution made. Download it at `/executions/{id}/artefacts/{name}`. */
export type Artefact = {
  readonly __typename?: 'Artefact';
  /** All of it as text, up to 1 MiB; LIMIT_EXCEEDED beyond. */
  readonly content: Scalars['String']['output'];
  readonly mediaType: Scalars['String']['output'];
  readonly name: Scalars['String']['output'];
  readonly sha256: Scalars['String']['output'];
  readonly sizeBytes: Scalars['Int']['output'];
  /** At most 256 KiB from a place on, in base64; empty at the end. */
  readonly slice: Scalars['String']['output'];
};


/** A file that an execution made. Download it at `/executions/{id}/artefacts/{name}`. */
export type ArtefactSliceArgs = {
  from?: InputMaybe<Scalars['Int']['input']>;
};

/** One try at an execution. */
export type Attempt = {
  readonly __typename?: 'Attempt';
  readonly error: Maybe<ExecutionError>;
  /** The executor that ran it. */
  readonly executor: Scalars['String']['output'];
  readonly finishedAt: Maybe<Scalars['DateTime']['output']>;
  /** When a result came after the attempt had been given up; it was refused. */
  readonly lateResultAt: Maybe<Scalars['DateTime']['output']>;
  /** Its lines of the execution's log. */
  readonly logs: LogConnection;
  readonly number: Scalars['Int']['output'];
  readonly startedAt: Scalars['DateTime']['output'];
  readonly status: AttemptStatus;
};


/** One try at an execution. */
export type AttemptLogsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  level?: InputMaybe<LogLevel>;
  search?: InputMaybe<Scalars['String']['input']>;
};

export type AttemptStatus =
  | 'CANCELLED'
  | 'FAILED'
  /** Its executor was heard of no more. */
  | 'LOST'
  | 'RUNNING'
  | 'SUCCEEDED'
  | 'TIMED_OUT';

export type BulkCancel = {
  readonly __typename?: 'BulkCancel';
  /** How many were asked to end. */
  readonly changed: Scalars['Int']['output'];
  /** The newest of them, at most 100. */
  readonly executions: ReadonlyArray<Execution>;
};

/** A wish that an execution ends, and how far it is fulfilled. */
export type Cancellation = {
  readonly __typename?: 'Cancellation';
  /** When its task was told. */
  readonly acknowledgedAt: Maybe<Scalars['DateTime']['output']>;
  /** The id of a user; of an execution, when that superseded this one. */
  readonly by: Scalars['ID']['output'];
  readonly kind: CancellationKind;
  readonly reason: Scalars['String']['output'];
  readonly requestedAt: Scalars['DateTime']['output'];
};

export type CancellationKind =
  /** Another execution of its job took its place. */
  | 'SUPERSEDED'
  | 'USER';

export type DeadLetter = {
  readonly __typename?: 'DeadLetter';
  /** Base64; null where it has no value, or one over 1,000,000 bytes. At most 65,536 bytes at a time. */
  readonly bytes: Maybe<Scalars['String']['output']>;
  /** Who could not take it: `jobs`, `scheduler`, `executions`, `executions-jobs` or `dead-letters`. */
  readonly consumer: Scalars['String']['output'];
  readonly decidedAt: Maybe<Scalars['DateTime']['output']>;
  /** The id of a user. */
  readonly decidedBy: Maybe<Scalars['ID']['output']>;
  readonly id: Scalars['ID']['output'];
  /** `{schema, value}` where it can be read, and has at most 65,536 bytes. */
  readonly json: Maybe<Scalars['JSON']['output']>;
  readonly key: Maybe<Scalars['String']['output']>;
  readonly message: Scalars['String']['output'];
  /** Why it was discarded, or why the last decision could not be carried out. */
  readonly note: Scalars['String']['output'];
  readonly offset: Scalars['String']['output'];
  readonly partition: Scalars['Int']['output'];
  /** A decision of which its consumer has not told yet what came of it. */
  readonly pending: Maybe<DeadLetterDecision>;
  readonly quarantinedAt: Scalars['DateTime']['output'];
  /** NO_MAGIC_BYTE, UNKNOWN_SCHEMA, UNDECODABLE, RULE_BROKEN, TOO_LARGE, NULL_VALUE or GAP_TOO_LONG. */
  readonly reason: Scalars['String']['output'];
  /** How often it was to be put back. */
  readonly redrives: Scalars['Int']['output'];
  readonly schemaId: Maybe<Scalars['Int']['output']>;
  readonly sizeBytes: Scalars['Int']['output'];
  readonly state: DeadLetterState;
  readonly topic: Scalars['String']['output'];
};


export type DeadLetterBytesArgs = {
  length?: Scalars['Int']['input'];
  offset?: Scalars['Int']['input'];
};

export type DeadLetterConnection = {
  readonly __typename?: 'DeadLetterConnection';
  readonly edges: ReadonlyArray<DeadLetterEdge>;
  readonly pageInfo: PageInfo;
  readonly totalCount: Scalars['Int']['output'];
};

export type DeadLetterDecision =
  | 'DISCARD'
  | 'REDRIVE';

export type DeadLetterEdge = {
  readonly __typename?: 'DeadLetterEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: DeadLetter;
};

export type DeadLetterFilter = {
  readonly consumer?: InputMaybe<Scalars['String']['input']>;
  readonly reason?: InputMaybe<Scalars['String']['input']>;
  readonly states?: InputMaybe<ReadonlyArray<DeadLetterState>>;
  readonly topic?: InputMaybe<Scalars['String']['input']>;
};

export type DeadLetterState =
  | 'DISCARDED'
  | 'PARKED'
  /** Its consumer has taken it. */
  | 'REDRIVEN';

export type Execution = {
  readonly __typename?: 'Execution';
  readonly artefacts: ReadonlyArray<Artefact>;
  readonly attempts: ReadonlyArray<Attempt>;
  /** While WAITING: the id of the execution that it waits behind. Once SKIPPED: of the one that stood in its way. */
  readonly blockedBy: Maybe<Scalars['ID']['output']>;
  /** There once somebody wanted its end. */
  readonly cancellation: Maybe<Cancellation>;
  /** Why it exists: `schedule`, `trigger:<key>`, `backfill:<id>`, `chain:<executionId>`, `retry:<executionId>` or `replay:<replayId>`. */
  readonly cause: Scalars['String']['output'];
  readonly error: Maybe<ExecutionError>;
  readonly finishedAt: Maybe<Scalars['DateTime']['output']>;
  readonly id: Scalars['ID']['output'];
  readonly job: Job;
  readonly jobType: Scalars['String']['output'];
  /** The version of the job that this execution runs. */
  readonly jobVersion: Scalars['Int']['output'];
  /** Lines of at least a level, of one attempt, or that contain a text, in capitals or not. A page by level or text may be short, or empty, though more follows: go on after its endCursor while hasNextPage. */
  readonly logs: LogConnection;
  /** The execution that it repeats. */
  readonly origin: Maybe<Execution>;
  readonly params: Scalars['JSON']['output'];
  /** What its task said last of how far it is; executionChanged tells of each report. */
  readonly progress: Maybe<Progress>;
  readonly queuedAt: Scalars['DateTime']['output'];
  readonly result: Maybe<Scalars['JSON']['output']>;
  /** While RETRYING: when the next attempt is due. */
  readonly retryAt: Maybe<Scalars['DateTime']['output']>;
  /** The nominal time of the fire. */
  readonly scheduledFor: Scalars['DateTime']['output'];
  readonly startedAt: Maybe<Scalars['DateTime']['output']>;
  readonly status: ExecutionStatus;
  /** Grows with each change. */
  readonly version: Scalars['Int']['output'];
  /** There while it is QUEUED and a limit holds it. */
  readonly waitingFor: Maybe<WaitingFor>;
};


export type ExecutionArtefactsArgs = {
  name?: InputMaybe<Scalars['String']['input']>;
};


export type ExecutionLogsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  attempt?: InputMaybe<Scalars['Int']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  level?: InputMaybe<LogLevel>;
  search?: InputMaybe<Scalars['String']['input']>;
};

export type ExecutionConnection = {
  readonly __typename?: 'ExecutionConnection';
  readonly edges: ReadonlyArray<ExecutionEdge>;
  readonly pageInfo: PageInfo;
  readonly totalCount: Scalars['Int']['output'];
};

export type ExecutionEdge = {
  readonly __typename?: 'ExecutionEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: Execution;
};

export type ExecutionError = {
  readonly __typename?: 'ExecutionError';
  readonly code: Scalars['String']['output'];
  readonly message: Scalars['String']['output'];
};

export type ExecutionFilter = {
  readonly jobId?: InputMaybe<Scalars['ID']['input']>;
  readonly statuses?: InputMaybe<ReadonlyArray<ExecutionStatus>>;
};

export type ExecutionStatus =
  | 'CANCELLED'
  /** It did not start in time. */
  | 'EXPIRED'
  | 'FAILED'
  /** Nobody knows how its attempt ended, and an operator is to decide. */
  | 'HELD'
  /** It waits for an executor. */
  | 'QUEUED'
  /** It waits for its next attempt. */
  | 'RETRYING'
  | 'RUNNING'
  /** It was not run, since another execution of its job was open: see Job.overlap. */
  | 'SKIPPED'
  | 'SUCCEEDED'
  /** It took longer than it may. */
  | 'TIMED_OUT'
  /** It waits behind another execution of its job, which is open: see Job.overlap. */
  | 'WAITING';

export type Job = {
  readonly __typename?: 'Job';
  /** The newest first. */
  readonly executions: ExecutionConnection;
  readonly id: Scalars['ID']['output'];
};


export type JobExecutionsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<JobExecutionFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type JobExecutionFilter = {
  readonly statuses?: InputMaybe<ReadonlyArray<ExecutionStatus>>;
};

export type LogConnection = {
  readonly __typename?: 'LogConnection';
  readonly edges: ReadonlyArray<LogEdge>;
  readonly pageInfo: PageInfo;
};

export type LogEdge = {
  readonly __typename?: 'LogEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: LogLine;
};

export type LogLevel =
  | 'DEBUG'
  | 'ERROR'
  | 'INFO'
  | 'WARN';

export type LogLine = {
  readonly __typename?: 'LogLine';
  readonly at: Scalars['DateTime']['output'];
  readonly attempt: Scalars['Int']['output'];
  readonly level: LogLevel;
  readonly message: Scalars['String']['output'];
  /** Counts the lines of an execution, from 1. */
  readonly seq: Scalars['Int']['output'];
};

export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Asks an execution to end: at once while it waits, else its task gets an AbortSignal, and its grace. Asking twice is asking once. */
  readonly cancelExecution: Execution;
  /** The same for all open executions that match, at most 10,000. */
  readonly cancelExecutions: BulkCancel;
  /** Gives it up: what waits behind it goes on without it. That is done a moment later, and cannot be taken back. The reason may not be empty. */
  readonly discardDeadLetter: DeadLetter;
  /** Ends an execution that is HELD as failed. */
  readonly failExecution: Execution;
  /** Has its consumer take it after all, once. That is done a moment later: then it is REDRIVEN, or `note` says why it still cannot be taken. */
  readonly redriveDeadLetter: DeadLetter;
  /** Lets an execution that is HELD run again. */
  readonly releaseExecution: Execution;
  /** Runs executions that have ended again, up to 10,000: those that match now, the oldest first. The same replayId gives the same replay. With dryRun nothing is run: `origins` is the exact set. */
  readonly replay: Replay;
  /** Runs an execution that has ended again, as a new one with its params, policy and version. The same key gives the same execution; without a key a retry that is open is given again. */
  readonly retryExecution: Execution;
  /** Says how long a workspace keeps what has ended. What is older is deleted soon, and cannot be brought back. */
  readonly setRetention: Retention;
  /** Queues nothing more of a replay. What it has queued goes on. Asking twice is asking once. */
  readonly stopReplay: Replay;
};


export type MutationCancelExecutionArgs = {
  id: Scalars['ID']['input'];
  reason?: InputMaybe<Scalars['String']['input']>;
};


export type MutationCancelExecutionsArgs = {
  filter: ExecutionFilter;
  reason?: InputMaybe<Scalars['String']['input']>;
};


export type MutationDiscardDeadLetterArgs = {
  id: Scalars['ID']['input'];
  reason: Scalars['String']['input'];
};


export type MutationFailExecutionArgs = {
  id: Scalars['ID']['input'];
  reason?: InputMaybe<Scalars['String']['input']>;
};


export type MutationRedriveDeadLetterArgs = {
  id: Scalars['ID']['input'];
};


export type MutationReleaseExecutionArgs = {
  id: Scalars['ID']['input'];
};


export type MutationReplayArgs = {
  dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  executionsPerMinuteMax?: InputMaybe<Scalars['Int']['input']>;
  filter: ReplayFilter;
  jobVersionMin?: InputMaybe<Scalars['Int']['input']>;
  overlap?: InputMaybe<Overlap>;
  params?: InputMaybe<ReplayParams>;
  replayId?: InputMaybe<Scalars['ID']['input']>;
};


export type MutationRetryExecutionArgs = {
  id: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  overlap?: InputMaybe<Overlap>;
};


export type MutationSetRetentionArgs = {
  input: SetRetentionInput;
};


export type MutationStopReplayArgs = {
  id: Scalars['ID']['input'];
};

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

export type Progress = {
  readonly __typename?: 'Progress';
  readonly at: Scalars['DateTime']['output'];
  readonly attempt: Scalars['Int']['output'];
  readonly data: Maybe<Scalars['JSON']['output']>;
  readonly message: Maybe<Scalars['String']['output']>;
  /** From 0 to 100. */
  readonly percent: Maybe<Scalars['Float']['output']>;
  readonly step: Maybe<Scalars['String']['output']>;
};

export type Query = {
  readonly __typename?: 'Query';
  /** One of them, or null when there is none. */
  readonly deadLetter: Maybe<DeadLetter>;
  /** Records between services that a consumer could not take, of all services, the newest first. For operators alone: see OPERATORS. */
  readonly deadLetters: DeadLetterConnection;
  /** One execution, or null when there is none that you may see. */
  readonly execution: Maybe<Execution>;
  /** Your executions, the newest first. */
  readonly executions: ExecutionConnection;
  /** One replay, or null when there is none that you may see. */
  readonly replay: Maybe<Replay>;
  /** Your replays, the newest first. */
  readonly replays: ReplayConnection;
  /** How long a workspace keeps what has ended; your own one when left out. */
  readonly retention: Retention;
};


export type QueryDeadLetterArgs = {
  id: Scalars['ID']['input'];
};


export type QueryDeadLettersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DeadLetterFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryExecutionArgs = {
  id: Scalars['ID']['input'];
};


export type QueryExecutionsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ExecutionFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryReplayArgs = {
  id: Scalars['ID']['input'];
};


export type QueryReplaysArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryRetentionArgs = {
  workspaceId?: InputMaybe<Scalars['ID']['input']>;
};

export type Replay = {
  readonly __typename?: 'Replay';
  /** When the last of its executions had ended. */
  readonly endedAt: Maybe<Scalars['DateTime']['output']>;
  /** What was queued, in the order of their origins. */
  readonly executions: ExecutionConnection;
  readonly executionsPerMinuteMax: Scalars['Int']['output'];
  /** Null of a dry run. */
  readonly id: Maybe<Scalars['ID']['output']>;
  /** What is run again, the oldest first: fixed when it was asked for. */
  readonly origins: ExecutionConnection;
  /** How those that were queued fare. */
  readonly outcomes: ReadonlyArray<ReplayOutcome>;
  readonly overlap: Maybe<Overlap>;
  readonly params: ReplayParams;
  /** How many of them have been queued. */
  readonly queuedCount: Scalars['Int']['output'];
  readonly requestedAt: Scalars['DateTime']['output'];
  /** The id of a user. */
  readonly requestedBy: Scalars['ID']['output'];
  /** How many executions are run again. */
  readonly selectedCount: Scalars['Int']['output'];
  readonly state: ReplayState;
  /** Grows with each change. */
  readonly version: Scalars['Int']['output'];
};


export type ReplayExecutionsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type ReplayOriginsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type ReplayConnection = {
  readonly __typename?: 'ReplayConnection';
  readonly edges: ReadonlyArray<ReplayEdge>;
  readonly pageInfo: PageInfo;
};

export type ReplayEdge = {
  readonly __typename?: 'ReplayEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: Replay;
};

export type ReplayFilter = {
  /** Exactly this cause, or, as `trigger:`, all of a kind. */
  readonly cause?: InputMaybe<Scalars['String']['input']>;
  readonly errorCode?: InputMaybe<Scalars['String']['input']>;
  /** Those that ended at this instant or later. */
  readonly from?: InputMaybe<Scalars['DateTime']['input']>;
  readonly jobId?: InputMaybe<Scalars['ID']['input']>;
  /** Also those that were retried or replayed already. */
  readonly rerun?: InputMaybe<Scalars['Boolean']['input']>;
  /** Ends only; FAILED, TIMED_OUT and EXPIRED when left out. */
  readonly statuses?: InputMaybe<ReadonlyArray<ExecutionStatus>>;
  /** Those that ended before this instant. */
  readonly to?: InputMaybe<Scalars['DateTime']['input']>;
};

export type ReplayOutcome = {
  readonly __typename?: 'ReplayOutcome';
  readonly count: Scalars['Int']['output'];
  readonly status: ExecutionStatus;
};

export type ReplayParams =
  /** Those of the job as it was when the replay was asked for. */
  | 'LATEST'
  /** Params, policy, type and version as the execution had them. */
  | 'ORIGINAL';

export type ReplayState =
  /** All has been queued, and has ended. */
  | 'COMPLETED'
  /** Nothing was asked for: it only says what would be run. */
  | 'DRY_RUN'
  /** Its executions are being queued, or have not all ended. */
  | 'RUNNING'
  /** It was stopped: nothing more is queued. */
  | 'STOPPED';

/** How long what has ended is kept, where its job says nothing else. Null is for ever. */
export type Retention = {
  readonly __typename?: 'Retention';
  readonly executionsFor: Maybe<Scalars['Duration']['output']>;
  readonly logsFor: Maybe<Scalars['Duration']['output']>;
  readonly workspaceId: Scalars['ID']['output'];
};

/** Spans from 1h to 36500d. What is null, or left out, is as the system has it. */
export type SetRetentionInput = {
  /** Executions with their events, logs and artefacts, from when they ended. */
  readonly executionsFor?: InputMaybe<Scalars['Duration']['input']>;
  /** Their logs, when those are to go before the rest. */
  readonly logsFor?: InputMaybe<Scalars['Duration']['input']>;
  /** Your own one when left out. */
  readonly workspaceId?: InputMaybe<Scalars['ID']['input']>;
};

export type Subscription = {
  readonly __typename?: 'Subscription';
  /** Each execution of a job, or one execution: as it is now, then each change. Give exactly one of the two ids. */
  readonly executionChanged: Execution;
  /** The log from the beginning, or from after a cursor, and on as it is written; ends when the execution has ended. */
  readonly executionLog: LogEdge;
  /** A replay as it is now, then each change. */
  readonly replayChanged: Replay;
};


export type SubscriptionExecutionChangedArgs = {
  executionId?: InputMaybe<Scalars['ID']['input']>;
  jobId?: InputMaybe<Scalars['ID']['input']>;
};


export type SubscriptionExecutionLogArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  executionId: Scalars['ID']['input'];
};


export type SubscriptionReplayChangedArgs = {
  id: Scalars['ID']['input'];
};

export type WaitKind =
  /** As many run as may. */
  | 'CONCURRENCY'
  /** As many have started as may for now. */
  | 'RATE';

/** The limit that holds an execution. */
export type WaitingFor = {
  readonly __typename?: 'WaitingFor';
  /** `global`, `jobType=HTTP`, `params.customer=acme`, or `job=` with the id of the job. */
  readonly key: Scalars['String']['output'];
  readonly kind: WaitKind;
  /** How many run at a time, or start a minute. */
  readonly max: Scalars['Int']['output'];
  /** When its turn may come at the earliest, for a rate. */
  readonly until: Maybe<Scalars['DateTime']['output']>;
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
  Execution: Execution;
  Job: Job;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Execution:
    ( { __typename: 'Execution' }
    & GraphQLRecursivePick<FederationTypes['Execution'], {"id":true}> );
  Job:
    ( { __typename: 'Job' }
    & GraphQLRecursivePick<FederationTypes['Job'], {"id":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Artefact: ResolverTypeWrapper<ArtefactSource>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Attempt: ResolverTypeWrapper<ShownAttemptSource>;
  AttemptStatus: AttemptStatus;
  BulkCancel: ResolverTypeWrapper<OperatorAnswerSource>;
  Cancellation: ResolverTypeWrapper<CancellationSource>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  CancellationKind: CancellationKind;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DeadLetter: ResolverTypeWrapper<DeadLetterSource>;
  DeadLetterConnection: ResolverTypeWrapper<DeadLetterPageSource>;
  DeadLetterDecision: DeadLetterDecision;
  DeadLetterEdge: ResolverTypeWrapper<Omit<DeadLetterEdge, 'node'> & { node: ResolversTypes['DeadLetter'] }>;
  DeadLetterFilter: DeadLetterFilter;
  DeadLetterState: DeadLetterState;
  Duration: ResolverTypeWrapper<Scalars['Duration']['output']>;
  Execution: ResolverTypeWrapper<ExecutionSource>;
  ExecutionConnection: ResolverTypeWrapper<ExecutionPageSource>;
  ExecutionEdge: ResolverTypeWrapper<Omit<ExecutionEdge, 'node'> & { node: ResolversTypes['Execution'] }>;
  ExecutionError: ResolverTypeWrapper<ExecutionError>;
  ExecutionFilter: ExecutionFilter;
  ExecutionStatus: ExecutionStatus;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  Job: ResolverTypeWrapper<JobReferenceSource>;
  JobExecutionFilter: JobExecutionFilter;
  LogConnection: ResolverTypeWrapper<Omit<LogConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['LogEdge']> }>;
  LogEdge: ResolverTypeWrapper<Omit<LogEdge, 'node'> & { node: ResolversTypes['LogLine'] }>;
  LogLevel: LogLevel;
  LogLine: ResolverTypeWrapper<NumberedLineSource>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Overlap: Overlap;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Progress: ResolverTypeWrapper<ProgressSource>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Replay: ResolverTypeWrapper<ReplaySource>;
  ReplayConnection: ResolverTypeWrapper<Omit<ReplayConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['ReplayEdge']> }>;
  ReplayEdge: ResolverTypeWrapper<Omit<ReplayEdge, 'node'> & { node: ResolversTypes['Replay'] }>;
  ReplayFilter: ReplayFilter;
  ReplayOutcome: ResolverTypeWrapper<ReplayOutcome>;
  ReplayParams: ReplayParams;
  ReplayState: ReplayState;
  Retention: ResolverTypeWrapper<Retention>;
  SetRetentionInput: SetRetentionInput;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  WaitKind: WaitKind;
  WaitingFor: ResolverTypeWrapper<WaitingForSource>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Artefact: ArtefactSource;
  String: Scalars['String']['output'];
  Int: Scalars['Int']['output'];
  Attempt: ShownAttemptSource;
  BulkCancel: OperatorAnswerSource;
  Cancellation: CancellationSource;
  ID: Scalars['ID']['output'];
  DateTime: Scalars['DateTime']['output'];
  DeadLetter: DeadLetterSource;
  DeadLetterConnection: DeadLetterPageSource;
  DeadLetterEdge: Omit<DeadLetterEdge, 'node'> & { node: ResolversParentTypes['DeadLetter'] };
  DeadLetterFilter: DeadLetterFilter;
  Duration: Scalars['Duration']['output'];
  Execution: ExecutionSource;
  ExecutionConnection: ExecutionPageSource;
  ExecutionEdge: Omit<ExecutionEdge, 'node'> & { node: ResolversParentTypes['Execution'] };
  ExecutionError: ExecutionError;
  ExecutionFilter: ExecutionFilter;
  JSON: Scalars['JSON']['output'];
  Job: JobReferenceSource;
  JobExecutionFilter: JobExecutionFilter;
  LogConnection: Omit<LogConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['LogEdge']> };
  LogEdge: Omit<LogEdge, 'node'> & { node: ResolversParentTypes['LogLine'] };
  LogLine: NumberedLineSource;
  Mutation: Record<PropertyKey, never>;
  Boolean: Scalars['Boolean']['output'];
  PageInfo: PageInfo;
  Progress: ProgressSource;
  Float: Scalars['Float']['output'];
  Query: Record<PropertyKey, never>;
  Replay: ReplaySource;
  ReplayConnection: Omit<ReplayConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['ReplayEdge']> };
  ReplayEdge: Omit<ReplayEdge, 'node'> & { node: ResolversParentTypes['Replay'] };
  ReplayFilter: ReplayFilter;
  ReplayOutcome: ReplayOutcome;
  Retention: Retention;
  SetRetentionInput: SetRetentionInput;
  Subscription: Record<PropertyKey, never>;
  WaitingFor: WaitingForSource;
};

export type ArtefactResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Artefact'] = ResolversParentTypes['Artefact']> = {
  content?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  mediaType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sizeBytes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  slice?: Resolver<ResolversTypes['String'], ParentType, ContextType, RequireFields<ArtefactSliceArgs, 'from'>>;
};

export type AttemptResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Attempt'] = ResolversParentTypes['Attempt']> = {
  error?: Resolver<Maybe<ResolversTypes['ExecutionError']>, ParentType, ContextType>;
  executor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lateResultAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  logs?: Resolver<ResolversTypes['LogConnection'], ParentType, ContextType, RequireFields<AttemptLogsArgs, 'first'>>;
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  startedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['AttemptStatus'], ParentType, ContextType>;
};

export type BulkCancelResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BulkCancel'] = ResolversParentTypes['BulkCancel']> = {
  changed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  executions?: Resolver<ReadonlyArray<ResolversTypes['Execution']>, ParentType, ContextType>;
};

export type CancellationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Cancellation'] = ResolversParentTypes['Cancellation']> = {
  acknowledgedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  by?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['CancellationKind'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  requestedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeadLetterResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeadLetter'] = ResolversParentTypes['DeadLetter']> = {
  bytes?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType, RequireFields<DeadLetterBytesArgs, 'length' | 'offset'>>;
  consumer?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  decidedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  decidedBy?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  json?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  key?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  note?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  offset?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  partition?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  pending?: Resolver<Maybe<ResolversTypes['DeadLetterDecision']>, ParentType, ContextType>;
  quarantinedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  redrives?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  schemaId?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  sizeBytes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['DeadLetterState'], ParentType, ContextType>;
  topic?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type DeadLetterConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeadLetterConnection'] = ResolversParentTypes['DeadLetterConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['DeadLetterEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type DeadLetterEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeadLetterEdge'] = ResolversParentTypes['DeadLetterEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['DeadLetter'], ParentType, ContextType>;
};

export interface DurationScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Duration'], any> {
  name: 'Duration';
}

export type ExecutionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Execution'] = ResolversParentTypes['Execution'], FederationReferenceType extends FederationReferenceTypes['Execution'] = FederationReferenceTypes['Execution']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Execution']> | FederationReferenceType, FederationReferenceType, ContextType>;
  artefacts?: Resolver<ReadonlyArray<ResolversTypes['Artefact']>, ParentType, ContextType, Partial<ExecutionArtefactsArgs>>;
  attempts?: Resolver<ReadonlyArray<ResolversTypes['Attempt']>, ParentType, ContextType>;
  blockedBy?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  cancellation?: Resolver<Maybe<ResolversTypes['Cancellation']>, ParentType, ContextType>;
  cause?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['ExecutionError']>, ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  jobType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  jobVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  logs?: Resolver<ResolversTypes['LogConnection'], ParentType, ContextType, RequireFields<ExecutionLogsArgs, 'first'>>;
  origin?: Resolver<Maybe<ResolversTypes['Execution']>, ParentType, ContextType>;
  params?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  progress?: Resolver<Maybe<ResolversTypes['Progress']>, ParentType, ContextType>;
  queuedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  result?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  retryAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  scheduledFor?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ExecutionStatus'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  waitingFor?: Resolver<Maybe<ResolversTypes['WaitingFor']>, ParentType, ContextType>;
};

export type ExecutionConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ExecutionConnection'] = ResolversParentTypes['ExecutionConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['ExecutionEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ExecutionEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ExecutionEdge'] = ResolversParentTypes['ExecutionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Execution'], ParentType, ContextType>;
};

export type ExecutionErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ExecutionError'] = ResolversParentTypes['ExecutionError']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type JobResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Job'] = ResolversParentTypes['Job'], FederationReferenceType extends FederationReferenceTypes['Job'] = FederationReferenceTypes['Job']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Job']> | FederationReferenceType, FederationReferenceType, ContextType>;
  executions?: Resolver<ResolversTypes['ExecutionConnection'], ParentType, ContextType, RequireFields<JobExecutionsArgs, 'first'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type LogConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LogConnection'] = ResolversParentTypes['LogConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['LogEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type LogEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LogEdge'] = ResolversParentTypes['LogEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['LogLine'], ParentType, ContextType>;
};

export type LogLineResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LogLine'] = ResolversParentTypes['LogLine']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  attempt?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  level?: Resolver<ResolversTypes['LogLevel'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  cancelExecution: Resolver<ResolversTypes['Execution'], ParentType, ContextType, RequireFields<MutationCancelExecutionArgs, 'id' | 'reason'>>;
  cancelExecutions: Resolver<ResolversTypes['BulkCancel'], ParentType, ContextType, RequireFields<MutationCancelExecutionsArgs, 'filter' | 'reason'>>;
  discardDeadLetter: Resolver<ResolversTypes['DeadLetter'], ParentType, ContextType, RequireFields<MutationDiscardDeadLetterArgs, 'id' | 'reason'>>;
  failExecution: Resolver<ResolversTypes['Execution'], ParentType, ContextType, RequireFields<MutationFailExecutionArgs, 'id' | 'reason'>>;
  redriveDeadLetter: Resolver<ResolversTypes['DeadLetter'], ParentType, ContextType, RequireFields<MutationRedriveDeadLetterArgs, 'id'>>;
  releaseExecution: Resolver<ResolversTypes['Execution'], ParentType, ContextType, RequireFields<MutationReleaseExecutionArgs, 'id'>>;
  replay: Resolver<ResolversTypes['Replay'], ParentType, ContextType, RequireFields<MutationReplayArgs, 'dryRun' | 'filter' | 'params'>>;
  retryExecution: Resolver<ResolversTypes['Execution'], ParentType, ContextType, RequireFields<MutationRetryExecutionArgs, 'id'>>;
  setRetention: Resolver<ResolversTypes['Retention'], ParentType, ContextType, RequireFields<MutationSetRetentionArgs, 'input'>>;
  stopReplay: Resolver<ResolversTypes['Replay'], ParentType, ContextType, RequireFields<MutationStopReplayArgs, 'id'>>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type ProgressResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Progress'] = ResolversParentTypes['Progress']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  attempt?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  data?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  percent?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  step?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  deadLetter: Resolver<Maybe<ResolversTypes['DeadLetter']>, ParentType, ContextType, RequireFields<QueryDeadLetterArgs, 'id'>>;
  deadLetters: Resolver<ResolversTypes['DeadLetterConnection'], ParentType, ContextType, RequireFields<QueryDeadLettersArgs, 'first'>>;
  execution: Resolver<Maybe<ResolversTypes['Execution']>, ParentType, ContextType, RequireFields<QueryExecutionArgs, 'id'>>;
  executions: Resolver<ResolversTypes['ExecutionConnection'], ParentType, ContextType, RequireFields<QueryExecutionsArgs, 'first'>>;
  replay: Resolver<Maybe<ResolversTypes['Replay']>, ParentType, ContextType, RequireFields<QueryReplayArgs, 'id'>>;
  replays: Resolver<ResolversTypes['ReplayConnection'], ParentType, ContextType, RequireFields<QueryReplaysArgs, 'first'>>;
  retention: Resolver<ResolversTypes['Retention'], ParentType, ContextType, Partial<QueryRetentionArgs>>;
};

export type ReplayResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Replay'] = ResolversParentTypes['Replay']> = {
  endedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  executions?: Resolver<ResolversTypes['ExecutionConnection'], ParentType, ContextType, RequireFields<ReplayExecutionsArgs, 'first'>>;
  executionsPerMinuteMax?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  id?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  origins?: Resolver<ResolversTypes['ExecutionConnection'], ParentType, ContextType, RequireFields<ReplayOriginsArgs, 'first'>>;
  outcomes?: Resolver<ReadonlyArray<ResolversTypes['ReplayOutcome']>, ParentType, ContextType>;
  overlap?: Resolver<Maybe<ResolversTypes['Overlap']>, ParentType, ContextType>;
  params?: Resolver<ResolversTypes['ReplayParams'], ParentType, ContextType>;
  queuedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  requestedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  requestedBy?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  selectedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['ReplayState'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ReplayConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReplayConnection'] = ResolversParentTypes['ReplayConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['ReplayEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type ReplayEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReplayEdge'] = ResolversParentTypes['ReplayEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Replay'], ParentType, ContextType>;
};

export type ReplayOutcomeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReplayOutcome'] = ResolversParentTypes['ReplayOutcome']> = {
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ExecutionStatus'], ParentType, ContextType>;
};

export type RetentionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Retention'] = ResolversParentTypes['Retention']> = {
  executionsFor?: Resolver<Maybe<ResolversTypes['Duration']>, ParentType, ContextType>;
  logsFor?: Resolver<Maybe<ResolversTypes['Duration']>, ParentType, ContextType>;
  workspaceId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  executionChanged: SubscriptionResolver<ResolversTypes['Execution'], "executionChanged", ParentType, ContextType, Partial<SubscriptionExecutionChangedArgs>>;
  executionLog: SubscriptionResolver<ResolversTypes['LogEdge'], "executionLog", ParentType, ContextType, RequireFields<SubscriptionExecutionLogArgs, 'executionId'>>;
  replayChanged: SubscriptionResolver<ResolversTypes['Replay'], "replayChanged", ParentType, ContextType, RequireFields<SubscriptionReplayChangedArgs, 'id'>>;
};

export type WaitingForResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WaitingFor'] = ResolversParentTypes['WaitingFor']> = {
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['WaitKind'], ParentType, ContextType>;
  max?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  until?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  Artefact?: ArtefactResolvers<ContextType>;
  Attempt?: AttemptResolvers<ContextType>;
  BulkCancel?: BulkCancelResolvers<ContextType>;
  Cancellation?: CancellationResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  DeadLetter?: DeadLetterResolvers<ContextType>;
  DeadLetterConnection?: DeadLetterConnectionResolvers<ContextType>;
  DeadLetterEdge?: DeadLetterEdgeResolvers<ContextType>;
  Duration?: GraphQLScalarType;
  Execution?: ExecutionResolvers<ContextType>;
  ExecutionConnection?: ExecutionConnectionResolvers<ContextType>;
  ExecutionEdge?: ExecutionEdgeResolvers<ContextType>;
  ExecutionError?: ExecutionErrorResolvers<ContextType>;
  JSON?: GraphQLScalarType;
  Job?: JobResolvers<ContextType>;
  LogConnection?: LogConnectionResolvers<ContextType>;
  LogEdge?: LogEdgeResolvers<ContextType>;
  LogLine?: LogLineResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Progress?: ProgressResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Replay?: ReplayResolvers<ContextType>;
  ReplayConnection?: ReplayConnectionResolvers<ContextType>;
  ReplayEdge?: ReplayEdgeResolvers<ContextType>;
  ReplayOutcome?: ReplayOutcomeResolvers<ContextType>;
  Retention?: RetentionResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  WaitingFor?: WaitingForResolvers<ContextType>;
};

