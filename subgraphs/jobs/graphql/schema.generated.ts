import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Job as JobSource } from '../domain/job.ts';
import type { JobStatus as JobStatusSource } from '../domain/job-status.ts';
import type { JobList as JobListSource } from './job-list.ts';
import type { Trigger as TriggerSource } from '../commands/trigger-job.ts';
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
  /** Any JSON value. */
  JSON: { input: unknown; output: unknown; }
  _FieldSet: { input: string; output: string; }
};

export type CreateJobInput = {
  /** One of jobTypes. */
  readonly jobType: Scalars['String']['input'];
  /** Up to 200 characters; made from jobType and schedule when left out. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** Checked against the JSON schema of the job type. */
  readonly params?: InputMaybe<Scalars['JSON']['input']>;
  /** 5-field cron, 6 fields with seconds first, @hourly and friends, `@every 30s`, `@at 2026-12-01T09:00:00Z`, `@now` or `@manually`; in UTC. */
  readonly schedule: Scalars['String']['input'];
};

export type Execution = {
  readonly __typename?: 'Execution';
  readonly id: Scalars['ID']['output'];
};

export type Job = {
  readonly __typename?: 'Job';
  readonly createdAt: Scalars['DateTime']['output'];
  readonly id: Scalars['ID']['output'];
  readonly jobType: Scalars['String']['output'];
  readonly name: Scalars['String']['output'];
  /** The next nominal times, by the schedule alone; none for a job that is not ACTIVE. At most 100. */
  readonly nextFireTimes: ReadonlyArray<Scalars['DateTime']['output']>;
  readonly owner: Maybe<User>;
  readonly params: Scalars['JSON']['output'];
  readonly schedule: Scalars['String']['output'];
  readonly state: JobState;
  readonly status: JobStatus;
  readonly updatedAt: Scalars['DateTime']['output'];
  /** Counts the changes of this job, from 1. */
  readonly version: Scalars['Int']['output'];
};


export type JobNextFireTimesArgs = {
  count?: InputMaybe<Scalars['Int']['input']>;
};

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

export type JobPhase =
  | 'ARCHIVED'
  | 'COMPLETED'
  | 'PAUSED'
  | 'QUEUED'
  | 'RUNNING'
  | 'WAITING';

export type JobState =
  | 'ACTIVE'
  | 'ARCHIVED'
  /** It can fire no more and nothing of it is open. */
  | 'COMPLETED'
  | 'PAUSED';

export type JobStatus = {
  readonly __typename?: 'JobStatus';
  readonly failedCount: Scalars['Int']['output'];
  readonly job: Job;
  readonly lastExecution: Maybe<Execution>;
  /** The nominal time of the last fire. */
  readonly lastFiredAt: Maybe<Scalars['DateTime']['output']>;
  /** How the execution that ended last came out. */
  readonly lastOutcome: Maybe<Outcome>;
  readonly nextFireAt: Maybe<Scalars['DateTime']['output']>;
  readonly phase: JobPhase;
  readonly queuedCount: Scalars['Int']['output'];
  readonly runningCount: Scalars['Int']['output'];
  readonly succeededCount: Scalars['Int']['output'];
  readonly updatedAt: Scalars['DateTime']['output'];
  /** Grows with each change of this status. */
  readonly version: Scalars['Int']['output'];
};

export type JobType = {
  readonly __typename?: 'JobType';
  readonly description: Scalars['String']['output'];
  readonly name: Scalars['String']['output'];
  /** The JSON schema that params must fit. */
  readonly paramsSchema: Scalars['JSON']['output'];
};

export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Ends the job for good; its history stays. Executions that are open go on. */
  readonly archiveJob: Job;
  readonly createJob: Job;
  /** Creates up to 10,000 jobs, all or none. Errors name the index of each input that is wrong. */
  readonly createJobs: ReadonlyArray<Job>;
  /** Stops firing until resumeJob. Executions that are open go on. */
  readonly pauseJob: Job;
  readonly resumeJob: Job;
  /** Runs the job once, now. The same idempotencyKey gives the same execution again. */
  readonly triggerJob: Trigger;
  /** Changes what is given and keeps the rest. With expectedVersion, refuses with VERSION_CONFLICT when somebody was first. */
  readonly updateJob: Job;
};


export type MutationArchiveJobArgs = {
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
};


export type MutationCreateJobArgs = {
  input: CreateJobInput;
};


export type MutationCreateJobsArgs = {
  inputs: ReadonlyArray<CreateJobInput>;
};


export type MutationPauseJobArgs = {
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
};


export type MutationResumeJobArgs = {
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
};


export type MutationTriggerJobArgs = {
  id: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  params?: InputMaybe<Scalars['JSON']['input']>;
};


export type MutationUpdateJobArgs = {
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
  input: UpdateJobInput;
};

export type Outcome =
  | 'FAILED'
  | 'SUCCEEDED';

export type PageInfo = {
  readonly __typename?: 'PageInfo';
  readonly endCursor: Maybe<Scalars['String']['output']>;
  readonly hasNextPage: Scalars['Boolean']['output'];
};

export type Query = {
  readonly __typename?: 'Query';
  /** One job, or null when there is none that you may see. */
  readonly job: Maybe<Job>;
  /** What a job can do, with the JSON schema of its params. */
  readonly jobTypes: ReadonlyArray<JobType>;
  /** Your jobs, the newest first. */
  readonly jobs: JobConnection;
};


export type QueryJobArgs = {
  id: Scalars['ID']['input'];
};


export type QueryJobsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<JobFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type Subscription = {
  readonly __typename?: 'Subscription';
  /** The status as it is now, then each change of it. */
  readonly jobStatusChanged: JobStatus;
};


export type SubscriptionJobStatusChangedArgs = {
  jobId: Scalars['ID']['input'];
};

export type Trigger = {
  readonly __typename?: 'Trigger';
  /** Null until the execution has been taken in. */
  readonly execution: Maybe<Execution>;
  readonly executionId: Scalars['ID']['output'];
};

export type UpdateJobInput = {
  readonly name?: InputMaybe<Scalars['String']['input']>;
  readonly params?: InputMaybe<Scalars['JSON']['input']>;
  readonly schedule?: InputMaybe<Scalars['String']['input']>;
};

export type User = {
  readonly __typename?: 'User';
  readonly id: Scalars['ID']['output'];
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
  CreateJobInput: CreateJobInput;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Execution: ResolverTypeWrapper<Execution>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  Job: ResolverTypeWrapper<JobSource>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  JobConnection: ResolverTypeWrapper<JobListSource>;
  JobEdge: ResolverTypeWrapper<Omit<JobEdge, 'node'> & { node: ResolversTypes['Job'] }>;
  JobFilter: JobFilter;
  JobPhase: JobPhase;
  JobState: JobState;
  JobStatus: ResolverTypeWrapper<JobStatusSource>;
  JobType: ResolverTypeWrapper<JobType>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Outcome: Outcome;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Trigger: ResolverTypeWrapper<TriggerSource>;
  UpdateJobInput: UpdateJobInput;
  User: ResolverTypeWrapper<User>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  CreateJobInput: CreateJobInput;
  String: Scalars['String']['output'];
  DateTime: Scalars['DateTime']['output'];
  Execution: Execution;
  ID: Scalars['ID']['output'];
  JSON: Scalars['JSON']['output'];
  Job: JobSource;
  Int: Scalars['Int']['output'];
  JobConnection: JobListSource;
  JobEdge: Omit<JobEdge, 'node'> & { node: ResolversParentTypes['Job'] };
  JobFilter: JobFilter;
  JobStatus: JobStatusSource;
  JobType: JobType;
  Mutation: Record<PropertyKey, never>;
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  Query: Record<PropertyKey, never>;
  Subscription: Record<PropertyKey, never>;
  Trigger: TriggerSource;
  UpdateJobInput: UpdateJobInput;
  User: User;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type ExecutionResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Execution'] = ResolversParentTypes['Execution']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type JobResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Job'] = ResolversParentTypes['Job'], FederationReferenceType extends FederationReferenceTypes['Job'] = FederationReferenceTypes['Job']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Job']> | FederationReferenceType, FederationReferenceType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  jobType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  nextFireTimes?: Resolver<ReadonlyArray<ResolversTypes['DateTime']>, ParentType, ContextType, RequireFields<JobNextFireTimesArgs, 'count'>>;
  owner?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  params?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  schedule?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['JobState'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['JobStatus'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
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

export type JobStatusResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['JobStatus'] = ResolversParentTypes['JobStatus']> = {
  failedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  job?: Resolver<ResolversTypes['Job'], ParentType, ContextType>;
  lastExecution?: Resolver<Maybe<ResolversTypes['Execution']>, ParentType, ContextType>;
  lastFiredAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lastOutcome?: Resolver<Maybe<ResolversTypes['Outcome']>, ParentType, ContextType>;
  nextFireAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  phase?: Resolver<ResolversTypes['JobPhase'], ParentType, ContextType>;
  queuedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  runningCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  succeededCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type JobTypeResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['JobType'] = ResolversParentTypes['JobType']> = {
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  paramsSchema?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  archiveJob: Resolver<ResolversTypes['Job'], ParentType, ContextType, RequireFields<MutationArchiveJobArgs, 'id'>>;
  createJob: Resolver<ResolversTypes['Job'], ParentType, ContextType, RequireFields<MutationCreateJobArgs, 'input'>>;
  createJobs: Resolver<ReadonlyArray<ResolversTypes['Job']>, ParentType, ContextType, RequireFields<MutationCreateJobsArgs, 'inputs'>>;
  pauseJob: Resolver<ResolversTypes['Job'], ParentType, ContextType, RequireFields<MutationPauseJobArgs, 'id'>>;
  resumeJob: Resolver<ResolversTypes['Job'], ParentType, ContextType, RequireFields<MutationResumeJobArgs, 'id'>>;
  triggerJob: Resolver<ResolversTypes['Trigger'], ParentType, ContextType, RequireFields<MutationTriggerJobArgs, 'id'>>;
  updateJob: Resolver<ResolversTypes['Job'], ParentType, ContextType, RequireFields<MutationUpdateJobArgs, 'id' | 'input'>>;
};

export type PageInfoResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  job: Resolver<Maybe<ResolversTypes['Job']>, ParentType, ContextType, RequireFields<QueryJobArgs, 'id'>>;
  jobTypes: Resolver<ReadonlyArray<ResolversTypes['JobType']>, ParentType, ContextType>;
  jobs: Resolver<ResolversTypes['JobConnection'], ParentType, ContextType, RequireFields<QueryJobsArgs, 'first'>>;
};

export type SubscriptionResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  jobStatusChanged: SubscriptionResolver<ResolversTypes['JobStatus'], "jobStatusChanged", ParentType, ContextType, RequireFields<SubscriptionJobStatusChangedArgs, 'jobId'>>;
};

export type TriggerResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['Trigger'] = ResolversParentTypes['Trigger']> = {
  execution?: Resolver<Maybe<ResolversTypes['Execution']>, ParentType, ContextType>;
  executionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type UserResolvers<ContextType = JobsContext, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type Resolvers<ContextType = JobsContext> = {
  DateTime?: GraphQLScalarType;
  Execution?: ExecutionResolvers<ContextType>;
  JSON?: GraphQLScalarType;
  Job?: JobResolvers<ContextType>;
  JobConnection?: JobConnectionResolvers<ContextType>;
  JobEdge?: JobEdgeResolvers<ContextType>;
  JobStatus?: JobStatusResolvers<ContextType>;
  JobType?: JobTypeResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Trigger?: TriggerResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
};

